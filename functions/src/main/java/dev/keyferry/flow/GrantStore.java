package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Grants at rest. Every method is one conditional write, and only its condition decides: a refused
/// write changed nothing and tells what it found. A write that finds its own work already done (it
/// was sent twice because the answer was lost) answers [Write.Applied]. An outage is an unchecked
/// exception.
///
/// "Pending" means [Grant.State.Pending] or [Grant.State.Claimed] throughout.
public interface GrantStore {
  /// What a redemption came to.
  sealed interface Redeemed {
    /// Code consumed and key stored, both or neither.
    record Stored() implements Redeemed {}

    /// The grant was not, or no longer, approved.
    record NotApproved(Optional<Grant> found) implements Redeemed {}

    /// The subject is disabled, or has signed out everywhere since the approval.
    record Barred() implements Redeemed {}
  }

  /// What a poll proves itself with: the grant must be this client's, for this device secret, and
  /// its challenge answered. A verifier without a challenge is refused too (RFC 9700 §2.1.1).
  record Proof(String clientId, Digest deviceSecret, Optional<CodeChallenge> challenge) {
    public boolean fits(Grant grant) {
      return grant.request().clientId().equals(clientId)
          && grant.request().challenge().equals(challenge)
          && grant.deviceSecret().equals(deviceSecret);
    }
  }

  /// What a poll came to.
  sealed interface Polled {
    /// The grant is pending and the poll counted; what else the grant says nobody asks.
    record Pending() implements Polled {}

    /// Not so: this is what was found there, if anything was.
    record NotPending(Optional<Grant> found) implements Polled {}
  }

  /// Stores a new grant, pending or approved, if no grant is there or the one there may be purged.
  /// An approved one is known for its own by its secret, its claim and its consent.
  Write<Grant> create(Grant grant, Instant now);

  /// Moves the poll window one interval on, if the proof fits, the grant is pending and not
  /// expired, and the poll is due.
  ///
  /// @param attempt names this poll, so that it recognises its own work
  Polled poll(Locator locator, Proof proof, String attempt, Instant now);

  /// Lengthens the interval after an early poll; once for each window, which stays where it is.
  Write<Grant> slowDown(Grant seen, Duration interval);

  /// Puts the grant on the subject's screen, if it is pending and not expired.
  Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now);

  /// Approves, if the grant is pending, not expired, claimed with this very claim, and the approval
  /// within the request.
  Write<Grant> approve(Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now);

  /// What is stored there, as of now. Decides nothing.
  Optional<Grant> find(Locator locator);

  /// Counts a wrong number, if the proof fits, the grant is approved and not expired, and fewer
  /// than [MatchingNumber#MOST_WRONG] are counted; with the last the grant is denied. The same number
  /// counts once.
  Write<Grant> countWrong(Locator locator, Proof proof, MatchingNumber wrong, Instant now);

  /// Denies, if the grant is pending or approved, not expired, and claimed by this subject.
  Write<Grant> deny(Locator locator, Subject subject, Instant now);

  /// Denies, if the grant is approved with this very claim: its subject was barred when the device
  /// came for the key.
  Write<Grant> bar(Locator locator, Grant.Claim claim);

  /// Consumes the code and stores the key in one transaction, if the proof fits, the grant is
  /// approved and not expired, fewer than [MatchingNumber#MOST_WRONG] wrong numbers are counted, no
  /// such key exists, and the subject is not barred.
  Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key);
}
