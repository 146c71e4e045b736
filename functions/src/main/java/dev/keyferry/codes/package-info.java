/// The codes and tokens of the protocol, and their stored hashes. This package knows nothing of
/// grants, keys or stores.
@NullMarked
package dev.keyferry.codes;

import org.jspecify.annotations.NullMarked;
