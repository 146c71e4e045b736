package dev.keyferry.flow;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.util.Optional;
import java.util.function.Function;

/// A signed-in user claims a grant and decides on it, RFC 8628 §3.3.
///
/// Each step is one conditional write, and its condition alone decides.
public final class Decide {
  private final GrantStore grants;
  private final Hasher hasher;
  private final ConfirmationPolicy.ByClient policies;
  private final Environment environment;

  public Decide(
      GrantStore grants,
      Hasher hasher,
      ConfirmationPolicy.ByClient policies,
      Environment environment) {
    this.grants = grants;
    this.hasher = hasher;
    this.policies = policies;
    this.environment = environment;
  }

  /// A grant on its claimant's screen, and the nonce that lets this screen decide.
  public record Screen(Grant grant, String approvalNonce) {}

  /// An approved grant, and the number to tell the device, if it must be told one.
  public record ApprovedGrant(Grant grant, Optional<MatchingNumber> number) {}

  /// A text that cannot be a user code is refused like an unknown code.
  public Answer<Screen> claim(Subject subject, String typed) {
    return UserCode.parse(typed)
        .map(userCode -> claim(subject, userCode))
        .orElseGet(() -> refuseClaim(subject));
  }

  /// Puts the grant on a signed-in user's screen, RFC 8628 §3.3. This decides nothing.
  public Answer<Screen> claim(Subject subject, UserCode userCode) {
    var now = environment.now();
    var nonce = ApprovalNonce.draw(environment.random(), now);
    var claim = Claim.of(hasher, subject, nonce);
    return switch (at(userCode, locator -> grants.claim(locator, claim, now))) {
      case Applied(var grant) when Seals.intact(hasher, grant) -> {
        environment.record(Event.of(Kind.CLAIMED, grant));
        yield new Given<>(new Screen(grant, DeviceScreen.of(nonce, grant.request()).write(hasher)));
      }
      case Applied<Grant> _, Refused<Grant> _ -> refuseClaim(subject);
    };
  }

  private Answer<Screen> refuseClaim(Subject subject) {
    environment.record(Event.of(Kind.CLAIM_REFUSED, subject));
    return new Declined<>(OAuthError.INVALID_USER_CODE);
  }

  /// Approves the request, or less. The first approval decides whether the device must be told a
  /// number. A repeated approval returns the same number.
  public Answer<ApprovedGrant> approve(
      Approver approver, UserCode userCode, String approvalNonce, Consent consent) {
    return DeviceScreen.read(hasher, approvalNonce)
        .map(screen -> approve(approver, userCode, screen, consent))
        .orElse(new Declined<>(OAuthError.INVALID_USER_CODE));
  }

  private Answer<ApprovedGrant> approve(
      Approver approver, UserCode userCode, DeviceScreen screen, Consent consent) {
    var claim = Claim.of(hasher, approver.subject(), screen.nonce());
    var precaution = screen.precaution(policies, approver);
    var since = screen.nonce().openedAt();
    var now = environment.now();
    Function<Locator, Write<Grant>> step =
        locator -> {
          // Derive the number first: without it, no one could complete this approval.
          var number =
              precaution == Precaution.NUMBER
                  ? Optional.of(MatchingNumber.of(hasher, locator, claim))
                  : Optional.<MatchingNumber>empty();
          var approval =
              Seals.approval(
                  hasher, locator, claim, consent, approver.profile(), since, number.isPresent());
          return grants.approve(locator, claim, approval, now);
        };
    var needsAcknowledgement = precaution == Precaution.ACKNOWLEDGEMENT;
    var write =
        at(
            userCode,
            needsAcknowledgement ? locator -> findApproved(locator, claim, consent) : step);
    return switch (write) {
      case Applied(var grant) -> {
        environment.record(Event.of(Kind.APPROVED, grant));
        yield new Given<>(new ApprovedGrant(grant, MatchingNumber.required(hasher, grant)));
      }
      case Refused(var found) ->
          new Declined<>(
              found
                  .filter(grant -> grant.isClaimedWith(claim) && !grant.isExpired(now))
                  .map(grant ->
                      needsAcknowledgement
                          ? OAuthError.ACKNOWLEDGEMENT_REQUIRED
                          : consent.excessError(grant.request()))
                  .orElse(OAuthError.INVALID_USER_CODE));
    };
  }

  /// Reads the grant in place of an approval that lacks the acknowledgement. It writes nothing, and
  /// an earlier approval stays valid.
  private Write<Grant> findApproved(Locator locator, Claim claim, Consent consent) {
    var found = grants.find(locator);
    return found
        .filter(grant -> grant.isApprovedWith(claim, consent))
        .<Write<Grant>>map(Applied::new)
        .orElse(new Refused<>(found));
  }

  /// The claimant denies. An approved grant can still be denied until it is redeemed.
  public Answer<Grant> deny(Subject subject, UserCode userCode) {
    return deny(subject, userCode, Kind.DENIED);
  }

  /// The claimant denies, and reports that someone else sent the code.
  public Answer<Grant> report(Subject subject, UserCode userCode) {
    return deny(subject, userCode, Kind.REPORTED);
  }

  private Answer<Grant> deny(Subject subject, UserCode userCode, Kind kind) {
    var now = environment.now();
    return switch (at(userCode, locator -> grants.deny(locator, subject, now))) {
      case Applied(var grant) -> {
        environment.record(Event.of(kind, grant));
        yield new Given<>(grant);
      }
      case Refused<Grant> _ -> new Declined<>(OAuthError.INVALID_USER_CODE);
    };
  }

  /// Writes to the grant of a user code. After a rotation, it also tries the locator under the
  /// previous subkey.
  private Write<Grant> at(UserCode userCode, Function<Locator, Write<Grant>> write) {
    var current = write.apply(userCode.locator(hasher, hasher.version()));
    return current.equals(new Refused<>(Optional.empty())) && hasher.version() > 1
        ? write.apply(userCode.locator(hasher, hasher.version() - 1))
        : current;
  }
}
