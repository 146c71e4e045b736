package dev.keyferry.client;

import java.time.Instant;
import java.util.Optional;

/// What a login brings, RFC 6749 §5.1.
///
/// @param expiresAt by this machine's clock; empty if the server does not say
/// @param scope what was granted
public record Tokens(
    String accessToken,
    String tokenType,
    Optional<Instant> expiresAt,
    String scope,
    Optional<String> refreshToken,
    Owner owner) {
  @Override
  public String toString() {
    return "Tokens[" + tokenType + ", scope=" + scope + ", expiresAt=" + expiresAt + "]";
  }
}
