package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.APPROVAL;
import static dev.keyferry.codes.Purpose.DEVICE_CODE;
import static dev.keyferry.codes.Purpose.USER_CODE;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.Code;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The OAuth 2.0 Device Authorization Grant, RFC 8628: a device asks for a code, a signed-in user
/// claims it and approves or denies, the device polls and receives its key.
///
/// Each step is one conditional write, and its condition alone decides. A refused write returns
/// what it found, and the answer follows from that; an outage surfaces as the store's exception and
/// decides nothing.
public final class DeviceFlow {
  /// How long a device code and its user code are good, RFC 8628 §3.2 `expires_in`.
  public static final Duration CODE_LIFETIME = Duration.ofMinutes(10);

  private static final int CODE_TRIES = 5;
  private static final Optional<Confirmation> NO_NUMBER = Optional.empty();

  private final GrantStore grants;
  private final Hasher hasher;
  private final Mint mint;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;
  private final Check.Policies policies;

  public DeviceFlow(
      GrantStore grants,
      KeyStore keys,
      Hasher hasher,
      Encrypter encrypter,
      TokenPrefix prefix,
      InstantSource clock,
      RandomGenerator random,
      Audit audit,
      Check.Policies policies) {
    this.grants = grants;
    this.hasher = hasher;
    mint = new Mint(grants, keys, hasher, encrypter, prefix, audit);
    this.clock = clock;
    this.random = random;
    this.audit = audit;
    this.policies = policies;
  }

  /// The two codes of a new grant, RFC 8628 §3.2.
  public record Codes(DeviceCode deviceCode, UserCode userCode) {}

  /// A grant on its claimant's screen, and the nonce that lets this screen decide.
  public record Screen(Grant grant, String approvalNonce) {}

  /// An approved grant, and the number to tell the device, if it must be told one.
  public record Agreed(Grant grant, Optional<Confirmation> number) {}

  /// A device asks, RFC 8628 §3.1. Two live grants can come to the same user code; the later then
  /// draws again.
  public Answer<Codes> authorize(DeviceRequest request) {
    var expiresAt = request.at().plus(CODE_LIFETIME);
    for (int tries = 0; tries < CODE_TRIES; tries++) {
      var secret = Secret.draw(random, Code.SECRET_BYTES);
      var userCode = UserCode.of(secret, hasher, hasher.version());
      var locator = locate(userCode, hasher.version());
      var code = new DeviceCode(locator, secret);
      var grant =
          new Grant(
              locator,
              request,
              hasher.digest(DEVICE_CODE, code.message()),
              hasher.digest(Purpose.SEAL, Seals.message(locator, request, expiresAt)),
              expiresAt,
              Pace.from(request.at()),
              new Pending());
      if (grants.create(grant, request.at()) instanceof Applied) {
        audit.record(Event.of(Kind.AUTHORIZED, grant));
        return new Given<>(new Codes(code, userCode));
      }
    }
    return new Declined<>(OAuthError.TEMPORARILY_UNAVAILABLE);
  }

  /// The device polls, RFC 8628 §3.4.
  ///
  /// @param challenge the challenge that the poll's code verifier answers, RFC 7636 §4.5
  /// @param confirmation the number that the device was told, if it was
  /// @param idempotencyKey names this poll across its retries
  public Answer<IssuedKey> poll(
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> challenge,
      Optional<Confirmation> confirmation,
      Optional<String> idempotencyKey) {
    var attempt = Secret.drawName(random);
    var request = new TokenRequest(client, code, challenge, idempotencyKey, attempt, now());
    return poll(new Poll(request, code, confirmation), hasher.digest(DEVICE_CODE, code.message()));
  }

  /// @param confirmation the number that the device was told
  private record Poll(TokenRequest request, DeviceCode code, Optional<Confirmation> confirmation) {
    Instant now() {
      return request.now();
    }

    GrantStore.Proof proof(Digest deviceSecret) {
      return request.proof(deviceSecret);
    }
  }

  private Answer<IssuedKey> poll(Poll poll, Digest deviceSecret) {
    var attempt = poll.request().attempt();
    var proof = poll.proof(deviceSecret);
    return switch (grants.poll(poll.code().locator(), proof, attempt, poll.now())) {
      case Polled.Pending _ -> new Declined<>(OAuthError.AUTHORIZATION_PENDING);
      case Polled.Refused(var found) ->
          found
              .filter(grant -> proves(poll, grant))
              .map(grant -> judge(poll, grant, deviceSecret))
              .orElse(new Declined<>(OAuthError.INVALID_GRANT));
    };
  }

  /// A wrong proof never gets here, and burns nothing.
  private boolean proves(Poll poll, Grant grant) {
    return hasher.matches(DEVICE_CODE, grant.deviceSecret(), poll.code().message())
        && poll.proof(grant.deviceSecret()).fits(grant);
  }

  /// Why a poll was refused. The order matters: an approval is never hidden behind `slow_down`.
  private Answer<IssuedKey> judge(Poll poll, Grant grant, Digest tried) {
    return switch (grant.state()) {
      case Denied _ -> new Declined<>(OAuthError.ACCESS_DENIED);
      case Consumed consumed -> mint.redeliver(poll.request(), grant, consumed);
      case State _ when grant.isExpired(poll.now()) -> new Declined<>(OAuthError.EXPIRED_TOKEN);
      case Approved approved -> redeem(poll, grant, approved);
      case Pending _, Claimed _ when grant.pace().isEarly(poll.now()) ->
          tooEarly(poll, grant, tried);
      case Pending _, Claimed _ ->
          // Hashed under a neighbouring version, the proof is good, and the condition named the
          // wrong hash.
          grant.deviceSecret().equals(tried)
              ? new Declined<>(OAuthError.AUTHORIZATION_PENDING)
              : poll(poll, grant.deviceSecret());
    };
  }

  /// What was decided between the poll and this second write is told at once.
  private Answer<IssuedKey> tooEarly(Poll poll, Grant grant, Digest tried) {
    if (grant.pace().alreadySlowed()) {
      return slowDown(grant);
    }
    return switch (grants.slowDown(grant, grant.pace().slowed())) {
      case Applied(var slowed) -> slowDown(slowed);
      case Refused(var found) ->
          found
              .filter(now -> proves(poll, now))
              .map(now ->
                  switch (now.state()) {
                    case Pending _, Claimed _ -> slowDown(now);
                    case Approved _, Denied _, Consumed _ -> judge(poll, now, tried);
                  })
              .orElse(slowDown(grant));
    };
  }

  private static Answer<IssuedKey> slowDown(Grant grant) {
    return new Declined<>(OAuthError.slowDown(grant.pace().interval()));
  }

  private Answer<IssuedKey> redeem(Poll poll, Grant grant, Approved approved) {
    if (!Seals.intact(hasher, grant, approved)) {
      return new Declined<>(OAuthError.INVALID_GRANT);
    }
    if (!approved.approval().numberRequired()) {
      return mint.mint(poll.request(), grant, approved);
    }
    var right = numberOf(grant.locator(), approved.claim());
    if (poll.confirmation().equals(Optional.of(right))) {
      return mint.mint(poll.request(), grant, approved);
    }
    return poll.confirmation()
        .filter(wrong -> !approved.wrong().contains(wrong))
        .map(wrong -> countWrong(poll, grant, wrong))
        .orElse(new Declined<>(OAuthError.CONFIRMATION_REQUIRED));
  }

  /// A wrong number that was not tried before; with the last that is allowed the grant is denied.
  private Answer<IssuedKey> countWrong(Poll poll, Grant grant, Confirmation wrong) {
    var proof = poll.proof(grant.deviceSecret());
    return switch (grants.countWrong(grant.locator(), proof, wrong, poll.now())) {
      case Applied(var counted) -> {
        audit.record(Event.of(Kind.CONFIRMATION_REFUSED, counted));
        yield new Declined<>(
            counted.state() instanceof Denied
                ? OAuthError.ACCESS_DENIED
                : OAuthError.CONFIRMATION_REQUIRED);
      }
      case Refused(var found) -> mint.tooLate(poll.request(), found.orElse(grant));
    };
  }

  /// What was typed and cannot be a user code is refused as one that is unknown.
  public Answer<Screen> claim(Subject subject, String typed) {
    return UserCode.parse(typed)
        .map(userCode -> claim(subject, userCode))
        .orElseGet(() -> refuseClaim(subject));
  }

  /// A signed-in user puts the grant on the screen, RFC 8628 §3.3. Decides nothing.
  public Answer<Screen> claim(Subject subject, UserCode userCode) {
    var now = now();
    var nonce = ApprovalNonce.draw(random, now);
    var claim = new Claim(subject, hasher.digest(APPROVAL, nonce.bytes()));
    return switch (at(userCode, locator -> grants.claim(locator, claim, now))) {
      case Applied(var grant) when Seals.intact(hasher, grant) -> {
        audit.record(Event.of(Kind.CLAIMED, grant));
        yield new Given<>(new Screen(grant, ScreenPass.of(nonce, grant.request()).write(hasher)));
      }
      case Applied<Grant> _, Refused<Grant> _ -> refuseClaim(subject);
    };
  }

  private Answer<Screen> refuseClaim(Subject subject) {
    audit.record(Event.of(Kind.CLAIM_REFUSED, subject));
    return new Declined<>(OAuthError.INVALID_USER_CODE);
  }

  /// The claimant agrees, to the request or to less. The first approval decides whether the device
  /// must be told a number; repeated, it is told the same one.
  public Answer<Agreed> approve(
      Approver approver, UserCode userCode, String approvalNonce, Consent consent) {
    return ScreenPass.read(hasher, approvalNonce)
        .map(screen -> approve(approver, userCode, screen, consent))
        .orElse(new Declined<>(OAuthError.INVALID_USER_CODE));
  }

  private Answer<Agreed> approve(
      Approver approver, UserCode userCode, ScreenPass screen, Consent consent) {
    var claim = new Claim(approver.subject(), hasher.digest(APPROVAL, screen.nonce().bytes()));
    var check = screen.check(policies, approver.origin());
    var unwarned = check == Check.ACKNOWLEDGEMENT && !approver.acknowledged();
    var since = screen.nonce().openedAt();
    var now = now();
    return switch (at(
        userCode,
        locator -> {
          if (unwarned) {
            return look(locator, claim, consent);
          }
          // Derived before anything is approved: it must be possible to tell it.
          var number = check == Check.NUMBER ? Optional.of(numberOf(locator, claim)) : NO_NUMBER;
          var approval =
              Seals.approval(
                  hasher, locator, claim, consent, approver.profile(), since, number.isPresent());
          return grants.approve(locator, claim, approval, now);
        })) {
      case Applied(var grant) -> {
        audit.record(Event.of(Kind.APPROVED, grant));
        yield new Given<>(
            new Agreed(
                grant,
                grant.isNumberRequired()
                    ? Optional.of(numberOf(grant.locator(), claim))
                    : NO_NUMBER));
      }
      case Refused(var found) ->
          new Declined<>(
              found
                  .filter(grant -> grant.state().equals(new Claimed(claim)))
                  .filter(grant -> !grant.isExpired(now))
                  .map(grant ->
                      unwarned
                          ? OAuthError.ACKNOWLEDGEMENT_REQUIRED
                          : consent.excess(grant.request()))
                  .orElse(OAuthError.INVALID_USER_CODE));
    };
  }

  /// In place of an approval that lacks the acknowledgement: writes nothing, but what was approved
  /// before stays so.
  private Write<Grant> look(Locator locator, Claim claim, Consent consent) {
    var found = grants.find(locator);
    return found
        .filter(grant -> grant.isApprovedWith(claim, consent))
        .<Write<Grant>>map(Applied::new)
        .orElse(new Refused<>(found));
  }

  private Confirmation numberOf(Locator locator, Claim claim) {
    return Confirmation.of(hasher, locator, claim);
  }

  /// The claimant refuses; also what was approved and not yet redeemed.
  public Answer<Grant> deny(Subject subject, UserCode userCode) {
    return deny(subject, userCode, Kind.DENIED);
  }

  /// The claimant refuses what somebody else wanted approved.
  public Answer<Grant> report(Subject subject, UserCode userCode) {
    return deny(subject, userCode, Kind.REPORTED);
  }

  private Answer<Grant> deny(Subject subject, UserCode userCode, Kind kind) {
    var now = now();
    return switch (at(userCode, locator -> grants.deny(locator, subject, now))) {
      case Applied(var grant) -> {
        audit.record(Event.of(kind, grant));
        yield new Given<>(grant);
      }
      case Refused<Grant> _ -> new Declined<>(OAuthError.INVALID_USER_CODE);
    };
  }

  /// Writes to the grant of a user code; after a rotation also where the previous subkey puts it.
  private Write<Grant> at(UserCode userCode, Function<Locator, Write<Grant>> write) {
    var current = write.apply(locate(userCode, hasher.version()));
    return current.equals(new Refused<>(Optional.empty())) && hasher.version() > 1
        ? write.apply(locate(userCode, hasher.version() - 1))
        : current;
  }

  private Locator locate(UserCode userCode, int version) {
    return Locator.of(hasher.hmac(USER_CODE, version, userCode.bytes()));
  }

  /// To the millisecond, as the store keeps it.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
