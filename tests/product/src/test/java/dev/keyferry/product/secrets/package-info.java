/// Tests of what the logs contain, and of what no log and no table contains.
@NullMarked
package dev.keyferry.product.secrets;

import org.jspecify.annotations.NullMarked;
