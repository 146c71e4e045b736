/// The codes and tokens of the protocol, and the hashes that are kept of them. This package knows
/// nothing of grants, keys or stores.
@NullMarked
package dev.keyferry.codes;

import org.jspecify.annotations.NullMarked;
