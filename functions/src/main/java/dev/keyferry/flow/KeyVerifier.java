package dev.keyferry.flow;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Tells whether an access token opens the door, and for whom.
public final class KeyVerifier {
  private final KeyStore keys;
  private final KeyHasher hasher;
  private final InstantSource clock;

  public KeyVerifier(KeyStore keys, KeyHasher hasher, InstantSource clock) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
  }

  /// The key of this token, if it is genuine and alive and its subject in good standing.
  public Optional<Key> verify(AccessToken token) {
    var now = clock.instant();
    return keys.findWithStanding(token.id())
        .filter(holding -> holding.key().accepts(token, hasher, now))
        .filter(holding -> holding.standing().admits(holding.key().terms().approvedAt()))
        .map(KeyStore.Holding::key)
        .map(key -> {
          var hour = now.truncatedTo(ChronoUnit.HOURS);
          if (key.lastUsedAt().map(hour::isAfter).orElse(true)) {
            keys.markUsed(key.id(), hour);
          }
          return key;
        });
  }
}
