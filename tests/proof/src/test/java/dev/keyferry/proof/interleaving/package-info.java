/// A model checker for the flows. It runs the real flows over the in-memory stores, one store call
/// at a time, in every order in which the calls of several requests can happen, with faults. After
/// each step it checks the promises of the design. Begin with [Scenario], which defines the model,
/// then read [Explorer], which explores the orders, and [Promises].
@NullMarked
package dev.keyferry.proof.interleaving;

import org.jspecify.annotations.NullMarked;
