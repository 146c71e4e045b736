package dev.keyferry.flow;

import static dev.keyferry.flow.Purpose.KEY;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.Key.Previous;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Refreshing a key, RFC 6749 §6, and revoking one, RFC 7009. Access and refresh token rotate
/// together (RFC 9700 §4.14.2): one conditional update for each refresh, whose condition alone
/// decides.
public final class RefreshFlow {
  /// How long the refresh that made a generation may be repeated with its `Idempotency-Key`, and a
  /// refresh that lost a race against it is no reuse.
  public static final Duration GRACE = Duration.ofSeconds(30);

  /// More generations than a family can see at one a minute are not looked through.
  private static final long FURTHEST = Key.LONGEST_FAMILY.toMinutes();

  private static final int ATTEMPT_BYTES = 16;

  private final KeyStore keys;
  private final KeyHasher hasher;
  private final InstantSource clock;
  private final RandomGenerator random;

  public RefreshFlow(KeyStore keys, KeyHasher hasher, InstantSource clock, RandomGenerator random) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
    this.random = random;
  }

  private record Ask(
      Client client,
      RefreshToken token,
      Optional<String> idempotencyKey,
      String attempt,
      Instant now) {}

  /// @param idempotencyKey names this refresh across its retries
  public Answer<IssuedKey> refresh(
      Client client, RefreshToken token, Optional<String> idempotencyKey) {
    var bytes = Secret.draw(random, ATTEMPT_BYTES).reveal();
    var attempt = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return refresh(new Ask(client, token, idempotencyKey, attempt, now), hasher.version());
  }

  /// Everything about the next generation follows from the presented token, so the row need not be
  /// read before it is written.
  private Answer<IssuedKey> refresh(Ask ask, int version) {
    var presented = digest(version, ask.token().bytes());
    var previous =
        new Previous(
            digest(version, ask.token().access(hasher, version).bytes()),
            presented,
            ask.now(),
            Digest.NONE);
    var token = ask.token().next(hasher, version);
    var next =
        Seals.sealed(
            hasher,
            ask.token().id(),
            new Generation(
                0,
                digest(version, token.access(hasher, version).bytes()),
                digest(version, token.bytes()),
                ask.now(),
                Optional.of(previous),
                Digest.NONE,
                ask.attempt(),
                ask.idempotencyKey().map(name -> hasher.digest(KEY, named(ask, name)))));
    return switch (keys.renew(ask.token().id(), ask.client().id(), presented, next)) {
      case Applied(var key) when isGood(key) -> new Given<>(IssuedKey.of(key, token, hasher));
      case Applied<Key> _ -> new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
      case Refused(var found) ->
          found
              .filter(key -> key.terms().clientId().equals(ask.client().id()))
              .filter(key -> key.revokedAt().isEmpty())
              .map(key -> judge(ask, key, version))
              .orElse(new Declined<>(OAuthError.INVALID_REFRESH_TOKEN));
    };
  }

  private Digest digest(int version, byte[] message) {
    return Digest.of(version, hasher.hmac(KEY, version, message));
  }

  private boolean isGood(Key key) {
    return key.isIntact(hasher)
        && keys.findStanding(key.terms().subject()).admits(key.terms().approvedAt());
  }

  /// Why a refresh was refused.
  private Answer<IssuedKey> judge(Ask ask, Key key, int version) {
    var present = key.generation().refresh();
    if (hasher.matches(KEY, present, ask.token().bytes())) {
      // Either it comes too late, or it was hashed under a neighbouring version.
      return present.version() == version
          ? new Declined<>(OAuthError.INVALID_REFRESH_TOKEN)
          : refresh(ask, present.version());
    }
    var isPrevious =
        key.generation()
            .previous()
            .filter(previous -> hasher.matches(KEY, previous.refresh(), ask.token().bytes()))
            .isPresent();
    if (isPrevious && ask.now().isBefore(key.generation().issuedAt().plus(GRACE))) {
      return redeliver(ask, key);
    }
    if (isPrevious || isOlder(ask.token(), key)) {
      // Somebody holds a token that was already used: the client, or a thief (RFC 9700 §4.14.2).
      keys.revoke(key.id(), new Revoker.Server(), ask.now());
    }
    return new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
  }

  private Answer<IssuedKey> redeliver(Ask ask, Key key) {
    var generation = key.generation();
    var same =
        generation.idempotencyKey().isPresent()
            && ask.idempotencyKey().isPresent()
            && hasher.matches(
                KEY, generation.idempotencyKey().get(), named(ask, ask.idempotencyKey().get()));
    return same && isGood(key)
        ? new Given<>(IssuedKey.of(key, ask.token().next(hasher, generation.version()), hasher))
        : new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
  }

  /// Whether the token leads to the present one. Garbage leads nowhere.
  private boolean isOlder(RefreshToken token, Key key) {
    var generation = key.generation();
    return token
        .descendants(hasher, generation.version())
        .limit(Math.min(generation.number(), FURTHEST))
        .anyMatch(descendant -> hasher.matches(KEY, generation.refresh(), descendant.bytes()));
  }

  private static byte[] named(Ask ask, String idempotencyKey) {
    return Frame.of("refresh").with(ask.token().id()).with(idempotencyKey).toBytes();
  }
}
