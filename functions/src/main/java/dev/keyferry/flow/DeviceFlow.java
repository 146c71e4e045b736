package dev.keyferry.flow;

import static dev.keyferry.flow.Purpose.APPROVAL;
import static dev.keyferry.flow.Purpose.DEVICE_CODE;
import static dev.keyferry.flow.Purpose.USER_CODE;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.GrantStore.Proof;
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

  /// How long the poll that redeemed a code may be repeated with its `Idempotency-Key`.
  public static final Duration REDELIVERY = Duration.ofSeconds(60);

  private static final int CODE_TRIES = 5;

  private final GrantStore grants;
  private final KeyStore keys;
  private final KeyHasher hasher;
  private final Encrypter encrypter;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;

  public DeviceFlow(
      GrantStore grants,
      KeyStore keys,
      KeyHasher hasher,
      Encrypter encrypter,
      InstantSource clock,
      RandomGenerator random,
      Audit audit) {
    this.grants = grants;
    this.keys = keys;
    this.hasher = hasher;
    this.encrypter = encrypter;
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  /// The two codes of a new grant, RFC 8628 §3.2.
  public record Codes(DeviceCode deviceCode, UserCode userCode) {}

  /// A grant on its claimant's screen, and the nonce that lets this screen decide.
  public record Screen(Grant grant, String approvalNonce) {}

  /// A device asks, RFC 8628 §3.1. Two live grants can come to the same user code; the later then
  /// draws again.
  public Answer<Codes> authorize(DeviceRequest request) {
    var expiresAt = request.at().plus(CODE_LIFETIME);
    for (int tries = 0; tries < CODE_TRIES; tries++) {
      var secret = Secret.draw(random, DeviceCode.SECRET_BYTES);
      var userCode = UserCode.of(secret, hasher, hasher.version());
      var locator = locate(userCode, hasher.version());
      var code = new DeviceCode(locator, secret);
      var grant =
          new Grant(
              locator,
              request,
              hasher.digest(DEVICE_CODE, secretOf(code)),
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
  /// @param idempotencyKey names this poll across its retries
  public Answer<IssuedKey> poll(
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> challenge,
      Optional<String> idempotencyKey) {
    var poll = new Poll(client, code, challenge, idempotencyKey, Secret.drawName(random), now());
    return poll(poll, hasher.digest(DEVICE_CODE, secretOf(code)));
  }

  private record Poll(
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> challenge,
      Optional<String> idempotencyKey,
      String attempt,
      Instant now) {
    Proof proof(Digest deviceSecret) {
      return new Proof(client.id(), deviceSecret, challenge);
    }
  }

  private Answer<IssuedKey> poll(Poll poll, Digest deviceSecret) {
    var proof = poll.proof(deviceSecret);
    return switch (grants.poll(poll.code().locator(), proof, poll.attempt(), poll.now())) {
      case Applied<Grant> _ -> new Declined<>(OAuthError.AUTHORIZATION_PENDING);
      case Refused(var found) ->
          found
              .filter(grant -> proves(poll, grant))
              .map(grant -> judge(poll, grant, deviceSecret))
              .orElse(new Declined<>(OAuthError.INVALID_GRANT));
    };
  }

  /// A wrong proof never gets here, and burns nothing.
  private boolean proves(Poll poll, Grant grant) {
    return hasher.matches(DEVICE_CODE, grant.deviceSecret(), secretOf(poll.code()))
        && poll.proof(grant.deviceSecret()).fits(grant);
  }

  /// Why a poll was refused. The order matters: an approval is never hidden behind `slow_down`.
  private Answer<IssuedKey> judge(Poll poll, Grant grant, Digest tried) {
    return switch (grant.state()) {
      case Denied _ -> new Declined<>(OAuthError.ACCESS_DENIED);
      case Consumed consumed -> redeliver(poll, grant, consumed);
      case State _ when grant.isExpired(poll.now()) -> new Declined<>(OAuthError.EXPIRED_TOKEN);
      case Approved approved -> redeem(poll, grant, approved);
      case Pending _, Claimed _ when grant.pace().isEarly(poll.now()) ->
          new Declined<>(OAuthError.slowDown(slowDown(grant)));
      case Pending _, Claimed _ when !grant.deviceSecret().equals(tried) ->
          // Hashed under a neighbouring version: the proof is good, the condition named the wrong
          // hash.
          poll(poll, grant.deviceSecret());
      case Pending _, Claimed _ -> new Declined<>(OAuthError.AUTHORIZATION_PENDING);
    };
  }

  private Duration slowDown(Grant grant) {
    var pace = grant.pace();
    if (pace.alreadySlowed()) {
      return pace.interval();
    }
    return switch (grants.slowDown(grant, pace.slowed())) {
      case Applied(var slowed) -> slowed.pace().interval();
      case Refused(var found) -> found.map(Grant::pace).orElse(pace).interval();
    };
  }

  private Answer<IssuedKey> redeem(Poll poll, Grant grant, Approved approved) {
    if (!Seals.intact(hasher, grant, approved)) {
      return new Declined<>(OAuthError.INVALID_GRANT);
    }
    var redemption =
        new Redemption(
            poll.now(),
            poll.attempt(),
            poll.idempotencyKey().map(name -> hasher.digest(DEVICE_CODE, pollNamed(poll, name))));
    var token = RefreshToken.first(hasher, grant.version(), poll.code());
    var name = name(poll, grant, approved, token.id());
    var key = Key.mint(hasher, token, grant, approved, poll.client(), name, redemption);
    var issued = IssuedKey.of(key, token, hasher).encrypted(encrypter);
    // All that can fail for want of a subkey, or of encryption, is behind us; what is left is all
    // or nothing.
    var proof = poll.proof(grant.deviceSecret());
    var approvedAt = approved.approval().since();
    return switch (grants.redeem(grant.locator(), proof, approvedAt, redemption, key)) {
      case GrantStore.Redeemed.Stored _ -> {
        audit.record(Event.of(Kind.MINTED, key).about(grant.locator()));
        yield new Given<>(issued);
      }
      case GrantStore.Redeemed.Barred _ -> {
        audit.record(Event.of(Kind.MINT_REFUSED, grant));
        yield new Declined<>(OAuthError.ACCESS_DENIED);
      }
      case GrantStore.Redeemed.Refused(var found) ->
          switch (found.map(Grant::state).orElse(grant.state())) {
            case Consumed consumed -> redeliver(poll, grant, consumed);
            case Denied _ -> new Declined<>(OAuthError.ACCESS_DENIED);
            case Pending _, Claimed _, Approved _ -> new Declined<>(OAuthError.INVALID_GRANT);
          };
    };
  }

  /// As the claimant calls the device, else as it calls itself, else by its user code.
  private DeviceName name(Poll poll, Grant grant, Approved approved, KeyId id) {
    return approved
        .approval()
        .consent()
        .name()
        .or(grant.request()::deviceName)
        .<DeviceName>map(DeviceName.Given::new)
        .orElseGet(() -> {
          var code = UserCode.of(poll.code().secret(), hasher, grant.version());
          var subject = approved.claim().subject();
          return new DeviceName.ByCode(MaskedCode.of(code, hasher, id, subject));
        });
  }

  /// The code is spent. Only the very poll that spent it may hear its answer again, and not for
  /// long.
  private Answer<IssuedKey> redeliver(Poll poll, Grant grant, Consumed consumed) {
    var redemption = consumed.redemption();
    var same =
        poll.now().isBefore(redemption.at().plus(REDELIVERY))
            && redemption.idempotencyKey().isPresent()
            && poll.idempotencyKey().isPresent()
            && hasher.matches(
                DEVICE_CODE,
                redemption.idempotencyKey().get(),
                pollNamed(poll, poll.idempotencyKey().get()));
    return same ? redeliver(poll, grant) : declineReplay(grant);
  }

  private Answer<IssuedKey> declineReplay(Grant grant) {
    audit.record(Event.of(Kind.REPLAY_REFUSED, grant));
    return new Declined<>(OAuthError.INVALID_GRANT);
  }

  private Answer<IssuedKey> redeliver(Poll poll, Grant grant) {
    var token = RefreshToken.first(hasher, grant.version(), poll.code());
    return keys.findWithStanding(token.id())
        .filter(holding -> holding.standing().admits(holding.key().terms().approvedAt()))
        .map(holding -> IssuedKey.of(holding.key(), token, hasher))
        .filter(issued -> issued.key().accepts(issued.accessToken(), hasher, poll.now()))
        .filter(issued -> issued.key().generation().number() == 0)
        .filter(issued -> issued.key().lastUsedAt().isEmpty())
        .map(issued -> issued.encrypted(encrypter))
        .<Answer<IssuedKey>>map(issued -> {
          audit.record(Event.of(Kind.REDELIVERED, issued.key()).about(grant.locator()));
          return new Given<>(issued);
        })
        .orElseGet(() -> declineReplay(grant));
  }

  /// A signed-in user puts the grant on the screen, RFC 8628 §3.3. Decides nothing.
  public Answer<Screen> claim(Subject subject, UserCode userCode) {
    var now = now();
    var nonce = ApprovalNonce.draw(random, now);
    var claim = new Claim(subject, hasher.digest(APPROVAL, nonce.bytes()));
    return switch (at(userCode, locator -> grants.claim(locator, claim, now))) {
      case Applied(var grant) when Seals.intact(hasher, grant) -> {
        audit.record(Event.of(Kind.CLAIMED, grant));
        yield new Given<>(new Screen(grant, nonce.text()));
      }
      case Applied<Grant> _, Refused<Grant> _ -> {
        audit.record(Event.of(Kind.CLAIM_REFUSED, subject));
        yield new Declined<>(OAuthError.INVALID_USER_CODE);
      }
    };
  }

  /// The claimant agrees, to the request or to less.
  ///
  /// @param profile kept with the key, for its client
  public Answer<Grant> approve(
      Subject subject, Profile profile, UserCode userCode, String approvalNonce, Consent consent) {
    return ApprovalNonce.parse(approvalNonce)
        .map(nonce -> approve(subject, profile, userCode, nonce, consent))
        .orElse(new Declined<>(OAuthError.INVALID_USER_CODE));
  }

  private Answer<Grant> approve(
      Subject subject, Profile profile, UserCode userCode, ApprovalNonce nonce, Consent consent) {
    var claim = new Claim(subject, hasher.digest(APPROVAL, nonce.bytes()));
    var now = now();
    var since = nonce.openedAt();
    return switch (at(
        userCode,
        locator -> {
          var approval = seal(locator, claim, consent, profile, since);
          return grants.approve(locator, claim, approval, now);
        })) {
      case Applied(var grant) -> {
        audit.record(Event.of(Kind.APPROVED, grant));
        yield new Given<>(grant);
      }
      case Refused(var found) ->
          new Declined<>(
              found
                  .filter(grant -> grant.state().equals(new Claimed(claim)))
                  .filter(grant -> !grant.isExpired(now))
                  .map(grant -> tooMuch(grant, consent))
                  .orElse(OAuthError.INVALID_USER_CODE));
    };
  }

  private static OAuthError tooMuch(Grant grant, Consent consent) {
    var isScope =
        consent.scope().filter(scope -> !scope.within(grant.request().scope())).isPresent();
    var words = "only what was asked for can be approved";
    return isScope ? OAuthError.invalidScope(words) : OAuthError.invalidRequest(words);
  }

  private Approval seal(
      Locator locator, Claim claim, Consent consent, Profile profile, Instant since) {
    var message = Seals.message(locator, claim, consent, profile, since);
    return new Approval(consent, profile, since, hasher.digest(Purpose.SEAL, message));
  }

  /// The claimant refuses; also what was approved and not yet redeemed.
  public Answer<Grant> deny(Subject subject, UserCode userCode) {
    var now = now();
    return switch (at(userCode, locator -> grants.deny(locator, subject, now))) {
      case Applied(var grant) -> {
        audit.record(Event.of(Kind.DENIED, grant));
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

  /// Bound to the place, so that the hash of a thief's own secret, copied onto another's row, fits
  /// nothing.
  private static byte[] secretOf(DeviceCode code) {
    return Frame.of("secret")
        .with(code.locator().partitionKey())
        .with(code.secret().reveal())
        .toBytes();
  }

  private static byte[] pollNamed(Poll poll, String idempotencyKey) {
    return Frame.of("poll")
        .with(poll.code().locator().partitionKey())
        .with(idempotencyKey)
        .toBytes();
  }

  /// To the millisecond, as the store keeps it.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
