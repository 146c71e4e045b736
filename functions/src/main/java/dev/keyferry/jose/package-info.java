/// Encryption of answers, RFC 7516, to a public key that a client sent, RFC 7517. The only package
/// that names Nimbus JOSE + JWT, in one class that is loaded when the first such key is seen.
@NullMarked
package dev.keyferry.jose;

import org.jspecify.annotations.NullMarked;
