/// The requests of `exchanges.txt`, sent to Keyferry and to Spring Authorization Server, and each
/// difference between the responses.
@NullMarked
package dev.keyferry.product.differences;

import org.jspecify.annotations.NullMarked;
