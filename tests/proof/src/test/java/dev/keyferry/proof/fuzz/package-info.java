/// Checks the inputs that the fuzzer has found. The fuzz tests are next to the code that they test.
@NullMarked
package dev.keyferry.proof.fuzz;

import org.jspecify.annotations.NullMarked;
