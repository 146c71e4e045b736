/// Checks `docs/threats.md` against the tests that ran. It is in this module because Maven builds
/// it after all modules whose tests cover a threat.
@NullMarked
package dev.keyferry.threats;

import org.jspecify.annotations.NullMarked;
