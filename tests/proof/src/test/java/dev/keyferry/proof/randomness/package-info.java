/// Statistics of the random values, also across copies of a restored snapshot.
@NullMarked
package dev.keyferry.proof.randomness;

import org.jspecify.annotations.NullMarked;
