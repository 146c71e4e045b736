/// The product under test: the template's functions over real parts, through the gateway or one by
/// one.
@NullMarked
package dev.keyferry.local;

import org.jspecify.annotations.NullMarked;
