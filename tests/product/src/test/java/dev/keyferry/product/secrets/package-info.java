/// What the logs contain, and what no log and no table contains.
@NullMarked
package dev.keyferry.product.secrets;

import org.jspecify.annotations.NullMarked;
