/// The packaged functions, under Lambda's own runtime client.
@NullMarked
package dev.keyferry.product.artifact;

import org.jspecify.annotations.NullMarked;
