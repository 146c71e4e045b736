package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Hasher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
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
  /// a use of the key, and confirms that the token arrived.
  public Optional<Active> verify(AccessToken token) {
    var now = environment.now();
    var active = findActive(token, now);
    active.ifPresent(found -> recordUse(found.key(), token, now));
    return active;
  }

  private Optional<Active> findActive(AccessToken token, Instant now) {
    return keys.findWithStanding(token.id())
        .filter(found -> found.standing().admits(found.key().terms().approvedAt()))
        .map(KeyStore.KeyAndStanding::key)
        .flatMap(key -> key.acceptedUntil(token, hasher, now).map(until -> new Active(key, until)));
  }

  private void recordUse(Key key, AccessToken token, Instant now) {
    var hour = now.truncatedTo(ChronoUnit.HOURS);
    if (!key.generation().issue().confirmed() && key.isPresent(token, hasher)) {
      confirm(key, hour, now);
    } else if (key.lastUsedAt().map(hour::isAfter).orElse(true)) {
      keys.markUsed(key.id(), hour);
    }
  }

  /// A failure does no harm, because the next use confirms the generation. But while the poll that
  /// minted the key may be repeated, a use must end that, so a token is then accepted only if its
  /// use is recorded.
  private void confirm(Key key, Instant hour, Instant now) {
    var confirmed = Seals.confirmed(hasher, key.id(), key.generation());
    if (!keys.confirm(key.id(), confirmed, hour) && key.isRepeatable(now)) {
      throw new Outage(Map.of("unrecorded", "first use of " + key.id()), false);
    }
  }
}
