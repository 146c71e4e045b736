/// The protocol and nothing else. [Authorize], [Decide] and [Poll] move a grant from one state to
/// the next, RFC 8628. [Refresh] and [Revoke] do the same for a key. This package depends on
/// `java.base` alone. Its ports to the world are [GrantStore], [KeyStore] and [KeyHasher].
@NullMarked
package dev.keyferry.flow;

import org.jspecify.annotations.NullMarked;
