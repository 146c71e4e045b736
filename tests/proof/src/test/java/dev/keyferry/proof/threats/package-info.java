/// Checks `docs/threats.md` against the tests that ran.
@NullMarked
package dev.keyferry.proof.threats;

import org.jspecify.annotations.NullMarked;
