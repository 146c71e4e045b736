package dev.keyferry.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// What an access token is worth at this moment, RFC 7662. To ask is not to use: nothing is noted.
/// A refresh token opens no door, so it is worth nothing to whoever asks.
public final class Introspection {
  private final KeyStore keys;
  private final KeyHasher hasher;
  private final InstantSource clock;

  public Introspection(KeyStore keys, KeyHasher hasher, InstantSource clock) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
  }

  /// The key of a token that is good, and until when that token is.
  public record Active(Key key, Instant until) {}

  public Optional<Active> of(AccessToken token) {
    var now = clock.instant();
    return keys.findWithStanding(token.id())
        .filter(holding -> holding.standing().admits(holding.key().terms().approvedAt()))
        .map(KeyStore.Holding::key)
        .flatMap(key -> key.acceptedUntil(token, hasher, now).map(until -> new Active(key, until)));
  }
}
