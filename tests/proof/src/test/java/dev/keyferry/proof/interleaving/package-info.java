/// Every order in which the steps of several requests can happen, tried out: the real flows run
/// over the stores in memory one store call at a time, a fault here and there, and after each step
/// the promises of the design are checked. Begin with [Scenario], which says who takes part, then
/// [Interleavings], which tries the orders, then [Promises].
@NullMarked
package dev.keyferry.proof.interleaving;

import org.jspecify.annotations.NullMarked;
