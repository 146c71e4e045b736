/// Encryption of answers, RFC 7516, to a client's public key, RFC 7517. Only this package names
/// Nimbus JOSE + JWT, in one class that is loaded when the first such key arrives.
@NullMarked
package dev.keyferry.jose;

import org.jspecify.annotations.NullMarked;
