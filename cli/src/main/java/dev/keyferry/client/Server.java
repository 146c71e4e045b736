package dev.keyferry.client;

import java.net.URI;

/// An authorization server, and the way to it.
public record Server(Http http, Metadata metadata) {
  /// Reads the metadata of RFC 8414, else that of OpenID Connect Discovery.
  ///
  /// @throws LoginException.BadServer if there is neither, or it names another issuer
  public static Server discover(Http http, URI issuer)
      throws LoginException, InterruptedException {
    return Soon.later(http, issuer);
  }
}
