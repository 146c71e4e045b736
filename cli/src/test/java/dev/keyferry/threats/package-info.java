/// `docs/threats.md` against what ran. Here because this module is built last.
@NullMarked
package dev.keyferry.threats;

import org.jspecify.annotations.NullMarked;
