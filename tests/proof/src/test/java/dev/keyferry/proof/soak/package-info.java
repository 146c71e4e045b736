/// Logins for ten minutes under faults, restarts, and a wrong clock; `tests/proof/soak` runs it.
@NullMarked
package dev.keyferry.proof.soak;

import org.jspecify.annotations.NullMarked;
