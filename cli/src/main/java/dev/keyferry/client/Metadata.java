package dev.keyferry.client;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/// What a server says of itself, RFC 8414 §2. Its addresses are [safe][WebAddress].
///
/// @param issAnnounced that its redirects carry `iss`, RFC 9207
/// @param confirmationSupported that it knows docs/number-matching.md
public record Metadata(
    URI issuer,
    Optional<URI> tokenEndpoint,
    Optional<URI> deviceAuthorizationEndpoint,
    Optional<URI> authorizationEndpoint,
    Optional<URI> revocationEndpoint,
    Optional<URI> userinfoEndpoint,
    List<String> grantTypes,
    List<String> scopes,
    boolean issAnnounced,
    boolean confirmationSupported) {
  /// Whether [DeviceLogin] can work.
  public boolean offersDevice() {
    return tokenEndpoint.isPresent() && deviceAuthorizationEndpoint.isPresent();
  }

  /// Whether [BrowserLogin] can work.
  public boolean offersBrowser() {
    return tokenEndpoint.isPresent() && authorizationEndpoint.isPresent();
  }
}
