package dev.keyferry.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// What a token is worth at this moment, RFC 7662. To ask is not to use: nothing is noted.
public final class Introspection {
  private final KeyStore keys;
  private final KeyHasher hasher;
  private final InstantSource clock;

  public Introspection(KeyStore keys, KeyHasher hasher, InstantSource clock) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
  }

  /// A token that is good.
  ///
  /// @param isAccessToken else it is a refresh token, which opens no door
  public record Active(Key key, boolean isAccessToken, Instant until) {}

  public Optional<Active> of(String token) {
    var now = clock.instant();
    return AccessToken.parse(token)
        .flatMap(access ->
            find(access.id())
                .filter(key -> key.accepts(access, hasher, now))
                .map(key -> new Active(key, true, key.expiresAt())))
        .or(() ->
            RefreshToken.parse(token)
                .flatMap(refresh ->
                    find(refresh.id())
                        .filter(key -> key.canRenew(refresh, hasher, now))
                        .map(key -> new Active(key, false, key.end()))));
  }

  private Optional<Key> find(KeyId id) {
    return keys.findWithStanding(id)
        .filter(holding -> holding.standing().admits(holding.key().terms().approvedAt()))
        .map(KeyStore.Holding::key);
  }
}
