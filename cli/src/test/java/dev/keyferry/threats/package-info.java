/// `docs/threats.md` against what ran. Here because this module is built after all
/// those whose tests answer a threat.
@NullMarked
package dev.keyferry.threats;

import org.jspecify.annotations.NullMarked;
