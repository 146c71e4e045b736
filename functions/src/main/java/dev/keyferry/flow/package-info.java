/// The protocol, RFC 8628, and nothing else: codes, keys, the states of a grant, and [DeviceFlow],
/// which moves a grant from one state to the next. Depends on `java.base` alone; what it needs of
/// the world it names as ports: [GrantStore], [KeyStore] and [Hasher].
@NullMarked
package dev.keyferry.flow;

import org.jspecify.annotations.NullMarked;
