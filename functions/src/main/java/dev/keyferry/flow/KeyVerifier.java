package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Hasher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Checks whether an access token is valid, for whom, and until when. A refresh token is never
/// valid here.
public final class KeyVerifier {
  private final KeyStore keys;
  private final Hasher hasher;
  private final Environment environment;

  public KeyVerifier(KeyStore keys, Hasher hasher, Environment environment) {
    this.keys = keys;
    this.hasher = hasher;
    this.environment = environment;
  }

  /// The key of a valid token, and until when the token is valid. The previous token ends sooner
  /// than the key does.
  public record Active(Key key, Instant until) {}

  /// Accepts a token that is genuine and valid, if its subject is in good standing. This counts as
  /// a use of the key.
  public Optional<Active> verify(AccessToken token) {
    var now = environment.now();
    return findActive(token, now)
        .map(active -> {
          recordUse(active.key(), now.truncatedTo(ChronoUnit.HOURS));
          return active;
        });
  }

  /// The validity of the token at this moment, RFC 7662. Introspection is not a use of the key, so
  /// nothing is noted.
  public Optional<Active> introspect(AccessToken token) {
    return findActive(token, environment.now());
  }

  private Optional<Active> findActive(AccessToken token, Instant now) {
    return keys.findWithStanding(token.id())
        .filter(found -> found.standing().admits(found.key().terms().approvedAt()))
        .map(KeyStore.KeyAndStanding::key)
        .flatMap(key -> key.acceptedUntil(token, hasher, now).map(until -> new Active(key, until)));
  }

  private void recordUse(Key key, Instant hour) {
    if (key.lastUsedAt().map(hour::isAfter).orElse(true)) {
      keys.markUsed(key.id(), hour);
    }
  }
}
