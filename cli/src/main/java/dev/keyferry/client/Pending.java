package dev.keyferry.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A device login that waits for a person. It holds the device code, so it is kept as tokens are:
/// [#toSecret()] and [#parse(String)] are for a [TokenStore].
///
/// @param userCode cleaned text, for people
/// @param interval between polls, as the server wants it
public record Pending(
    URI issuer,
    String clientId,
    String scope,
    String deviceCode,
    String userCode,
    URI verificationUri,
    Optional<URI> verificationUriComplete,
    Duration interval,
    Instant expiresAt,
    boolean confirmable) {
  public String toSecret() {
    return Soon.later(this);
  }

  /// @throws LoginException.Storage if it was not written by [#toSecret()]
  public static Pending parse(String secret) throws LoginException {
    return Soon.later(secret);
  }

  @Override
  public String toString() {
    return "Pending[" + issuer + ", " + userCode + ", expiresAt=" + expiresAt + "]";
  }
}
