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
import dev.keyferry.flow.Key.Issue;
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
  /// How long a repeated refresh from the same network is taken for a retry, even if the generation
  /// that it asks for is in use.
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

  private record Request(Client client, RefreshToken token, Caller caller, Instant now) {}

  public Answer<IssuedKey> refresh(Client client, RefreshToken token, Caller caller) {
    var request = new Request(client, token, caller, environment.now());
    return keys.findWithStanding(token.id())
        .filter(found -> found.key().terms().clientId().equals(client.id()))
        .filter(found -> found.standing().admits(found.key().terms().approvedAt()))
        .map(found -> judge(request, found.key()))
        .orElse(new Declined<>(OAuthError.INVALID_REFRESH_TOKEN));
  }

  /// Each step that can fail or refuse comes before the write, so a refused refresh changes
  /// nothing, and an outage spends nothing.
  private Answer<IssuedKey> judge(Request request, Key key) {
    if (key.revokedAt().isPresent() || !key.isIntact(hasher)) {
      return decline();
    }
    var generation = key.generation();
    if (isTheirs(request, generation.refresh())) {
      var replaced =
          new Previous(
              generation.access(),
              generation.refresh(),
              generation.issuedAt(),
              generation.seal(),
              request.now());
      return renew(request, key, replaced, 0);
    }
    return generation
        .previous()
        .filter(previous -> isTheirs(request, previous.refresh()))
        .map(parent -> judgeRepeated(request, key, parent))
        .orElseGet(() ->
            request.token().isGenuine(hasher, generation.version())
                ? revokeReused(request, key)
                : decline());
  }

  private boolean isTheirs(Request request, Digest refresh) {
    return hasher.matches(KEY, refresh, request.token().bytes());
  }

  private static Answer<IssuedKey> decline() {
    return new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
  }

  /// Judges the parent's token, which was exchanged for the present generation. Perhaps the answer
  /// was lost. It was not if the generation is confirmed. docs/decisions/0009.
  private Answer<IssuedKey> judgeRepeated(Request request, Key key, Previous parent) {
    var issue = key.generation().issue();
    var recent = request.now().isBefore(key.generation().issuedAt().plus(GRACE));
    var sameRequest = isSameRequest(request, issue);
    var sameNetwork = issue.mayShareNetworkWith(request.caller().origin());
    if (!issue.confirmed()) {
      var isRetry =
          recent
              ? sameRequest || sameNetwork
              : sameRequest && request.now().isBefore(key.expiresAt());
      return isRetry ? repeat(request, key) : renew(request, key, parent, issue.branch() + 1);
    }
    if (recent && sameRequest) {
      return repeat(request, key);
    }
    return sameRequest || (recent && sameNetwork) ? declineReplay(key) : revokeReused(request, key);
  }

  private boolean isSameRequest(Request request, Issue issue) {
    return request
        .caller()
        .idempotencyKey()
        .filter(name ->
            issue
                .idempotencyKey()
                .filter(stored -> hasher.matches(KEY, stored, idempotencyMessage(request, name)))
                .isPresent())
        .isPresent();
  }

  /// @param branch more than 0 for another generation of the same parent, which extends neither the
  /// parent's access nor its idle time
  private Generation generation(
      Request request, Key key, RefreshToken token, Previous previous, long branch) {
    var seen = key.generation();
    var version = seen.version();
    var idempotencyKey =
        request
            .caller()
            .idempotencyKey()
            .map(name -> hasher.digest(KEY, idempotencyMessage(request, name)));
    return Seals.sealed(
        hasher,
        token.id(),
        new Generation(
            branch == 0 ? seen.number() + 1 : seen.number(),
            digest(version, token.access(hasher, version).bytes()),
            digest(version, token.bytes()),
            request.now(),
            Optional.of(previous),
            Digest.NONE,
            environment.newAttempt(),
            Issue.of(branch, request.caller(), idempotencyKey)));
  }

  private Digest digest(int version, byte[] message) {
    return Digest.of(version, hasher.hmac(KEY, version, message));
  }

  /// @param previous the generation of the presented token
  private Answer<IssuedKey> renew(Request request, Key key, Previous previous, long branch) {
    if (!key.isRenewable(previous.issuedAt(), request.now())
        || !request.client().mayHave(key.terms())) {
      return decline();
    }
    var token = request.token().next(hasher, key.generation().version(), branch);
    var next = generation(request, key, token, previous, branch);
    // Use the terms that were checked: the row's terms may have been edited since.
    var issued = IssuedKey.of(key.renewed(next), token, hasher).encrypted(encrypter);
    return switch (keys.renew(key.id(), request.client().id(), key.generation(), next)) {
      case Applied<Key> _ -> {
        var kind = branch == 0 ? Kind.REFRESHED : Kind.BRANCHED;
        environment.record(Event.of(kind, issued.key()));
        yield new Given<>(issued);
      }
      // Another refresh of the same token came first, or a revocation did.
      case Refused(var found) -> found.map(there -> judge(request, there)).orElse(decline());
    };
  }

  private Answer<IssuedKey> repeat(Request request, Key key) {
    if (!request.client().mayHave(key.terms())) {
      return decline();
    }
    var generation = key.generation();
    var token = request.token().next(hasher, generation.version(), generation.issue().branch());
    var issued = IssuedKey.again(key, token, hasher).encrypted(encrypter);
    environment.record(Event.ofRepeat(key, request.caller()));
    return new Given<>(issued);
  }

  private Answer<IssuedKey> declineReplay(Key key) {
    environment.record(Event.of(Kind.REPLAY_REFUSED, key));
    return decline();
  }

  /// The client or a thief holds a token that was already used (RFC 9700 §4.14.2). The event comes
  /// first, so that the alarm is not lost if the write fails.
  private Answer<IssuedKey> revokeReused(Request request, Key key) {
    environment.record(Event.of(Kind.REUSE_DETECTED, key));
    keys.revoke(key.id(), new Revoker.Server(), request.now());
    return decline();
  }

  private static byte[] idempotencyMessage(Request request, String idempotencyKey) {
    return Frame.of("refresh").with(request.token().id()).with(idempotencyKey).toBytes();
  }
}
