/// The limits, and the store for their counts.
@NullMarked
package dev.keyferry.limits;

import org.jspecify.annotations.NullMarked;
