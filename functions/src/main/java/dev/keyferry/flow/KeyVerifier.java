package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Hasher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Tells whether an access token opens the door, for whom, and until when. A refresh token opens
/// none.
public final class KeyVerifier {
  private final KeyStore keys;
  private final Hasher hasher;
  private final Environment environment;

  public KeyVerifier(KeyStore keys, Hasher hasher, Environment environment) {
    this.keys = keys;
    this.hasher = hasher;
    this.environment = environment;
  }

  /// The key of a token that is good, and until when that token is: the one before the present one
  /// ends sooner than the key does.
  public record Active(Key key, Instant until) {}

  /// Lets the holder of this token in, if it is genuine and alive and its subject in good standing.
  /// That is a use of the key.
  public Optional<Active> verify(AccessToken token) {
    var now = environment.now();
    return look(token, now)
        .map(active -> {
          noteUse(active.key(), now.truncatedTo(ChronoUnit.HOURS));
          return active;
        });
  }

  /// What the token is worth at this moment, RFC 7662. To ask is not to use: nothing is noted.
  public Optional<Active> introspect(AccessToken token) {
    return look(token, environment.now());
  }

  private Optional<Active> look(AccessToken token, Instant now) {
    return keys.findWithStanding(token.id())
        .filter(holding -> holding.standing().admits(holding.key().terms().approvedAt()))
        .map(KeyStore.Holding::key)
        .flatMap(key -> key.acceptedUntil(token, hasher, now).map(until -> new Active(key, until)));
  }

  private void noteUse(Key key, Instant hour) {
    if (key.lastUsedAt().map(hour::isAfter).orElse(true)) {
      keys.markUsed(key.id(), hour);
    }
  }
}
