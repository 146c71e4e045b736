/// The HTTP contract, through the gateway: grants, keys, limits, and errors.
@NullMarked
package dev.keyferry.product.protocol;

import org.jspecify.annotations.NullMarked;
