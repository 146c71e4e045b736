package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.AUTHORIZATION_CODE;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The authorization code grant, RFC 6749 §4.1, with a proof key (RFC 7636), for a client on the
/// machine that the browser is on (RFC 8252): a signed-in user approves, the browser carries a code
/// to the client, and the client redeems it for its key.
///
/// A grant begins with its approval. What is done with it from then on is done as in [DeviceFlow].
public final class CodeFlow {
  /// How long a code is good: the browser goes straight to the client, RFC 6749 §4.1.2.
  public static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

  private final GrantStore grants;
  private final Hasher hasher;
  private final Mint mint;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;

  public CodeFlow(
      GrantStore grants,
      KeyStore keys,
      Hasher hasher,
      Encrypter encrypter,
      TokenPrefix prefix,
      InstantSource clock,
      RandomGenerator random,
      Audit audit) {
    this.grants = grants;
    this.hasher = hasher;
    mint = new Mint(grants, keys, hasher, encrypter, prefix, audit);
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  /// The code of an approved request, RFC 6749 §4.1.2.
  public record Authorized(AuthorizationRequest request, AuthorizationCode code) {}

  /// The user agrees, to the request or to less. To agree once more on the same screen, to the
  /// same, tells the same code.
  public Answer<Authorized> approve(Approver approver, String approvalNonce, Consent consent) {
    var now = now();
    return AuthorizationScreen.read(hasher, approver.subject(), approvalNonce, now)
        .map(screen -> approve(approver, screen, consent, now))
        .orElse(new Declined<>(OAuthError.SCREEN_OVER));
  }

  private Answer<Authorized> approve(
      Approver approver, AuthorizationScreen screen, Consent consent, Instant now) {
    var code = AuthorizationCode.of(hasher, screen.nonce());
    var grant = approved(approver, screen, consent, code, now);
    if (!consent.within(grant.request())) {
      return new Declined<>(consent.excess(grant.request()));
    }
    return switch (grants.create(grant, now)) {
      case Applied(var stored) when !stored.isExpired(now) -> {
        audit.record(Event.of(Kind.APPROVED, stored));
        yield new Given<>(new Authorized(screen.request(), code));
      }
      // Once more, and too late; or once more, and to something else.
      case Applied<Grant> _, Refused<Grant> _ -> new Declined<>(OAuthError.SCREEN_OVER);
    };
  }

  private Grant approved(
      Approver approver,
      AuthorizationScreen screen,
      Consent consent,
      AuthorizationCode code,
      Instant now) {
    var locator = code.locator();
    var since = screen.nonce().openedAt();
    var request = screen.request().from(approver.origin(), since);
    var expiresAt = now.plus(CODE_LIFETIME);
    var nonce = hasher.digest(Purpose.APPROVAL, screen.nonce().bytes());
    var claim = new Claim(approver.subject(), nonce);
    return new Grant(
        locator,
        request,
        hasher.digest(AUTHORIZATION_CODE, code.message(screen.request().redirectUri())),
        hasher.digest(Purpose.SEAL, Seals.message(locator, request, expiresAt)),
        expiresAt,
        Pace.from(now),
        new Approved(
            claim,
            Seals.approval(hasher, locator, claim, consent, approver.profile(), since, false)));
  }

  /// The client redeems its code, RFC 6749 §4.1.3. A code, verifier, client or redirect URI that
  /// does not fit burns nothing.
  ///
  /// @param challenge the challenge that the code verifier answers, RFC 7636 §4.5
  /// @param idempotencyKey names this request across its retries
  public Answer<IssuedKey> redeem(
      Client client,
      AuthorizationCode code,
      String redirectUri,
      CodeChallenge challenge,
      Optional<String> idempotencyKey) {
    var attempt = Secret.drawName(random);
    var request =
        new TokenRequest(client, code, Optional.of(challenge), idempotencyKey, attempt, now());
    var answer =
        grants
            .find(code.locator())
            .filter(grant -> proves(request, code.message(redirectUri), grant))
            .map(grant -> judge(request, grant))
            .orElse(new Declined<>(OAuthError.INVALID_GRANT));
    return switch (answer) {
      case Given<IssuedKey> given -> given;
      // Why is not told: RFC 6749 §5.2 has this one word for it.
      case Declined<IssuedKey> _ -> new Declined<>(OAuthError.INVALID_CODE);
    };
  }

  private boolean proves(TokenRequest request, byte[] message, Grant grant) {
    return hasher.matches(AUTHORIZATION_CODE, grant.deviceSecret(), message)
        && request.proof(grant.deviceSecret()).fits(grant);
  }

  private Answer<IssuedKey> judge(TokenRequest request, Grant grant) {
    return switch (grant.state()) {
      case Consumed consumed -> mint.redeliver(request, grant, consumed);
      case Approved approved
          when !grant.isExpired(request.now()) && Seals.intact(hasher, grant, approved) ->
          mint.mint(request, grant, approved);
      case Approved _, Denied _, Pending _, Claimed _ -> new Declined<>(OAuthError.INVALID_GRANT);
    };
  }

  /// To the millisecond, as the store keeps it.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
