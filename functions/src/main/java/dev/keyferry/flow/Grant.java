package dev.keyferry.flow;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/// One authorization, from the device's request to the redemption of its code. A grant of the
/// browser flow begins approved, because its screen was open before the row existed.
///
/// @param deviceSecret hash of the secret of the device code or the authorization code
/// @param seal covers the request and the place of the row, so a row that someone else wrote has no
/// valid seal
public record Grant(
    Locator locator,
    DeviceRequest request,
    Digest deviceSecret,
    Digest seal,
    Instant expiresAt,
    Pace pace,
    State state) {

  /// How long a late poll still gets `expired_token` before the row may be purged.
  public static final Duration RETENTION = Duration.ofHours(1);

  /// The state of a grant. Expiry is not a state: it depends on the clock.
  public sealed interface State {
    /// No user has looked at it yet.
    record Pending() implements State {}

    /// A signed-in user has it on the screen. For the device it is still pending. The last claimant
    /// wins.
    record Claimed(Claim claim) implements State {}

    /// Approved, not yet redeemed.
    ///
    /// @param wrong the wrong numbers that were entered at the device, where it must be told one
    record Approved(Claim claim, Approval approval, Set<MatchingNumber> wrong) implements State {
      public Approved(Claim claim, Approval approval) {
        this(claim, approval, Set.of());
      }
    }

    /// Denied for good, by the claimant or by too many wrong numbers.
    record Denied(Claim claim, Set<MatchingNumber> wrong) implements State {
      public Denied(Claim claim) {
        this(claim, Set.of());
      }
    }

    /// Redeemed for good.
    record Consumed(Claim claim, Approval approval, Redemption redemption) implements State {}

    /// Approved, unless too many wrong numbers have denied it.
    static State approved(Claim claim, Approval approval, Set<MatchingNumber> wrong) {
      return wrong.size() < MatchingNumber.MOST_WRONG
          ? new Approved(claim, approval, wrong)
          : new Denied(claim, wrong);
    }

    /// The claim of the user who has, or had, the grant on the screen.
    default Optional<Claim> claimed() {
      return switch (this) {
        case Pending _ -> Optional.empty();
        case Claimed(var claim) -> Optional.of(claim);
        case Approved(var claim, var _, var _) -> Optional.of(claim);
        case Denied(var claim, var _) -> Optional.of(claim);
        case Consumed(var claim, var _, var _) -> Optional.of(claim);
      };
    }

    /// The approval, if the grant was not denied afterwards.
    default Optional<Approval> findApproval() {
      return switch (this) {
        case Approved(var _, var approval, var _) -> Optional.of(approval);
        case Consumed(var _, var approval, var _) -> Optional.of(approval);
        case Pending _, Claimed _, Denied _ -> Optional.empty();
      };
    }
  }

  /// The user who has the grant on the screen, and the hash of the nonce that this screen holds.
  public record Claim(Subject subject, Digest nonce) {
    static Claim of(Hasher hasher, Subject subject, ApprovalNonce nonce) {
      return new Claim(subject, hasher.digest(Purpose.APPROVAL, nonce.bytes()));
    }
  }

  /// The claimant's approval.
  ///
  /// @param profile the claimant's, from the identity provider
  /// @param since when the approving screen was opened; a later sign-out undoes the approval
  /// @param numberRequired whether the device must be told the [MatchingNumber]
  /// @param seal covers all of this, the claim and the place of the row
  public record Approval(
      Consent consent, Profile profile, Instant since, boolean numberRequired, Digest seal) {}

  /// The claimant's consent, to the request or to less.
  ///
  /// @param scope the granted part of the requested scope, if the claimant narrowed it
  /// @param lifetime shorter than the request's longest link, if the claimant shortened it
  /// @param name what the claimant calls the device
  public record Consent(Optional<Scope> scope, Optional<Duration> lifetime, Optional<String> name) {
    public static final Consent TO_ALL =
        new Consent(Optional.empty(), Optional.empty(), Optional.empty());

    /// Whether this is the request, or less.
    public boolean within(DeviceRequest request) {
      return scope.map(some -> some.within(request.scope())).orElse(true)
          && lifetime.map(some -> isWithin(some, request)).orElse(true);
    }

    private static boolean isWithin(Duration some, DeviceRequest request) {
      return some.compareTo(request.lifetime()) <= 0 || some.compareTo(request.longestLink()) <= 0;
    }

    /// The error for a consent that exceeds the request.
    OAuthError excessError(DeviceRequest request) {
      var isScope = scope.filter(some -> !some.within(request.scope())).isPresent();
      var words = "an approval cannot grant more than the client requested";
      return isScope ? OAuthError.invalidScope(words) : OAuthError.invalidRequest(words);
    }
  }

  /// The one poll that redeemed the code.
  ///
  /// @param attempt tells that poll's own work from another's
  /// @param idempotencyKey hash of the poll's `Idempotency-Key`
  public record Redemption(Instant at, String attempt, Optional<Digest> idempotencyKey) {}

  /// The pace at which the device polls, RFC 8628 §3.5.
  ///
  /// @param nextPollAt when the next poll is due; the first is due at once
  /// @param lastPoll the poll that last moved the window
  /// @param slowedAt the window whose early polls already lengthened the interval
  public record Pace(
      Duration interval,
      Instant nextPollAt,
      Optional<String> lastPoll,
      Optional<Instant> slowedAt) {

    public static final Duration FIRST_INTERVAL = Duration.ofSeconds(5);

    /// How early a poll may come, because clocks and networks jitter.
    public static final Duration TOLERANCE = Duration.ofSeconds(1);

    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    public static Pace from(Instant now) {
      return new Pace(FIRST_INTERVAL, now, Optional.empty(), Optional.empty());
    }

    public boolean isEarly(Instant now) {
      return nextPollAt.isAfter(now.plus(TOLERANCE));
    }

    public boolean alreadySlowed() {
      return slowedAt.equals(Optional.of(nextPollAt));
    }

    public Duration slowed() {
      var longer = interval.plus(STEP);
      return longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }
  }

  /// The version of the subkeys that the grant was made under. Its key's id is derived under it
  /// too, however late the grant is redeemed.
  int version() {
    return deviceSecret.version();
  }

  /// At `now == expiresAt` the grant is expired.
  public boolean isExpired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  /// Whether the row may be overwritten, because no answer depends on it any more.
  public boolean isPurgeable(Instant now) {
    return !now.isBefore(purgeAt());
  }

  /// When the row may be purged, rounded up to the second, as TTL counts.
  public Instant purgeAt() {
    return expiresAt.plus(RETENTION).plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
  }

  /// Whether the grant was approved with this claim and consent. The profile is not compared,
  /// because the identity provider may change it between one press of a button and its repetition.
  public boolean isApprovedWith(Claim mine, Consent consent) {
    return state.findApproval().map(Approval::consent).equals(Optional.of(consent))
        && state.claimed().equals(Optional.of(mine));
  }

  /// Whether the grant is pending on the screen of this claim.
  boolean isClaimedWith(Claim claim) {
    return state.equals(new State.Claimed(claim));
  }

  /// Whether this row is the one that storing the new grant left behind, even if its state has
  /// changed since.
  public boolean wasCreatedAs(Grant created) {
    return deviceSecret.equals(created.deviceSecret)
        && (!(created.state instanceof State.Approved(var claim, var approval, var _))
            || isApprovedWith(claim, approval.consent()));
  }

  public boolean isDeniedBy(Subject subject) {
    return state instanceof State.Denied(var claim, var _) && claim.subject().equals(subject);
  }

  /// Whether this wrong number has been counted.
  public boolean hasCounted(MatchingNumber number) {
    return switch (state) {
      case State.Approved(var _, var _, var wrong) -> wrong.contains(number);
      case State.Denied(var _, var wrong) -> wrong.contains(number);
      case State.Pending _, State.Claimed _, State.Consumed _ -> false;
    };
  }

  public boolean isRedeemedBy(String attempt) {
    return state instanceof State.Consumed(var _, var _, var redemption)
        && redemption.attempt().equals(attempt);
  }
}
