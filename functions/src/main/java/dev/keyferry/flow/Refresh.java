package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.KEY;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Frame;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.Key.Previous;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Refreshes a key, RFC 6749 §6. Access and refresh token rotate together (RFC 9700 §4.14.2). One
/// read says whether they may, and one conditional update decides between refreshes that race.
public final class Refresh {
  /// How long the refresh that made a generation may be repeated with its `Idempotency-Key`. For as
  /// long, a refresh that lost a race against it is not reuse.
  public static final Duration GRACE = Duration.ofSeconds(30);

  private final KeyStore keys;
  private final Hasher hasher;
  private final Encrypter encrypter;
  private final Environment environment;

  public Refresh(KeyStore keys, Hasher hasher, Encrypter encrypter, Environment environment) {
    this.keys = keys;
    this.hasher = hasher;
    this.encrypter = encrypter;
    this.environment = environment;
  }

  private record Request(
      Client client,
      RefreshToken token,
      Optional<String> idempotencyKey,
      String attempt,
      Instant now) {}

  /// @param idempotencyKey names this refresh across its retries
  public Answer<IssuedKey> refresh(
      Client client, RefreshToken token, Optional<String> idempotencyKey) {
    var now = environment.now();
    var request = new Request(client, token, idempotencyKey, environment.newAttempt(), now);
    return keys.findWithStanding(token.id())
        .filter(found -> isPermitted(request, found))
        .map(found -> judge(request, found.key()))
        .orElse(new Declined<>(OAuthError.INVALID_REFRESH_TOKEN));
  }

  /// Whether everything except the token permits the refresh. Each step that can fail or refuse
  /// comes before the write, so a refused refresh changes nothing, and an outage spends nothing.
  private boolean isPermitted(Request request, KeyStore.KeyAndStanding found) {
    var key = found.key();
    return key.terms().clientId().equals(request.client().id())
        && key.revokedAt().isEmpty()
        && key.isIntact(hasher)
        && found.standing().admits(key.terms().approvedAt());
  }

  private Answer<IssuedKey> judge(Request request, Key key) {
    if (hasher.matches(KEY, key.generation().refresh(), request.token().bytes())) {
      return key.isRenewable(request.now()) && request.client().mayHave(key.terms())
          ? renew(request, key)
          : new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
    }
    return judgeUsed(request, key);
  }

  private Answer<IssuedKey> renew(Request request, Key key) {
    var seen = key.generation();
    var version = seen.version();
    var token = request.token().next(hasher, version);
    var next =
        Seals.sealed(
            hasher,
            key.id(),
            new Generation(
                seen.number() + 1,
                digest(version, token.access(hasher, version).bytes()),
                digest(version, token.bytes()),
                request.now(),
                Optional.of(
                    new Previous(seen.access(), seen.refresh(), seen.issuedAt(), seen.seal())),
                Digest.NONE,
                request.attempt(),
                request
                    .idempotencyKey()
                    .map(name -> hasher.digest(KEY, idempotencyMessage(request, name)))));
    // Use the terms that were checked: the row's terms may have been edited since.
    var issued = IssuedKey.of(key.renewed(next), token, hasher).encrypted(encrypter);
    return switch (keys.renew(key.id(), request.client().id(), next)) {
      case Applied<Key> _ -> {
        environment.record(Event.of(Kind.REFRESHED, issued.key()));
        yield new Given<>(issued);
      }
      // Another refresh of the same token came first, or a revocation did.
      case Refused(var found) ->
          found
              .filter(there -> there.revokedAt().isEmpty() && there.isIntact(hasher))
              .map(there -> judgeUsed(request, there))
              .orElse(new Declined<>(OAuthError.INVALID_REFRESH_TOKEN));
    };
  }

  private Digest digest(int version, byte[] message) {
    return Digest.of(version, hasher.hmac(KEY, version, message));
  }

  /// Judges a token that is not the present one.
  private Answer<IssuedKey> judgeUsed(Request request, Key key) {
    var isPrevious =
        key.generation()
            .previous()
            .filter(previous -> hasher.matches(KEY, previous.refresh(), request.token().bytes()))
            .isPresent();
    if (isPrevious && request.now().isBefore(key.generation().issuedAt().plus(GRACE))) {
      return redeliver(request, key);
    }
    if (request.token().isGenuine(hasher, key.generation().version())) {
      // The client or a thief holds a token that was already used (RFC 9700 §4.14.2). Record it
      // first, so that the alarm is not lost if the write fails.
      environment.record(Event.of(Kind.REUSE_DETECTED, key));
      keys.revoke(key.id(), new Revoker.Server(), request.now());
    }
    return new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
  }

  private Answer<IssuedKey> redeliver(Request request, Key key) {
    var generation = key.generation();
    var same =
        request.client().mayHave(key.terms())
            && generation.idempotencyKey().isPresent()
            && request.idempotencyKey().isPresent()
            && hasher.matches(
                KEY,
                generation.idempotencyKey().get(),
                idempotencyMessage(request, request.idempotencyKey().get()));
    if (!same) {
      environment.record(Event.of(Kind.REPLAY_REFUSED, key));
      return new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
    }
    var token = request.token().next(hasher, generation.version());
    var issued = IssuedKey.of(key, token, hasher).encrypted(encrypter);
    environment.record(Event.of(Kind.REDELIVERED, key));
    return new Given<>(issued);
  }

  private static byte[] idempotencyMessage(Request request, String idempotencyKey) {
    return Frame.of("refresh").with(request.token().id()).with(idempotencyKey).toBytes();
  }
}
