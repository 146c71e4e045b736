/// What the limits count, and where the counts are kept.
@NullMarked
package dev.keyferry.limits;

import org.jspecify.annotations.NullMarked;
