package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Stored grants. Every method is one conditional write, and only its condition decides: a refused
/// write changes nothing and returns what it found. A write may be sent twice because its answer
/// was lost. If it finds its own work already done, it returns [Write.Applied]. An outage is an
/// unchecked exception.
///
/// "Pending" means [Grant.State.Pending] or [Grant.State.Claimed] throughout.
public interface GrantStore {
  /// The outcome of a redemption.
  sealed interface Redeemed {
    /// The code is consumed and the key is stored, both or neither.
    record Stored() implements Redeemed {}

    /// The grant was not approved, or no longer approved.
    record NotApproved(Optional<Grant> found) implements Redeemed {}

    /// The subject is disabled, or has been enabled or has signed out everywhere since the approval.
    record Barred() implements Redeemed {}
  }

  /// The proof that a poll carries. The grant must be this client's, have this device secret, and
  /// have this challenge. A verifier without a challenge is refused too (RFC 9700 §2.1.1).
  record Proof(String clientId, Digest deviceSecret, Optional<CodeChallenge> challenge) {
    public boolean fits(Grant grant) {
      return grant.request().clientId().equals(clientId)
          && grant.request().challenge().equals(challenge)
          && grant.deviceSecret().equals(deviceSecret);
    }
  }

  /// The outcome of a poll.
  sealed interface Polled {
    /// The grant is pending and the poll counted. The rest of the grant is not returned.
    record Pending() implements Polled {}

    /// The poll was refused. This is the grant that was found, if any.
    record NotPending(Optional<Grant> found) implements Polled {}
  }

  /// Stores a new grant, pending or approved, if no grant is there or the one there may be purged.
  /// The store recognizes its own approved grant by its secret, claim and consent.
  Write<Grant> create(Grant grant, Instant now);

  /// Moves the poll window on by one interval, if the proof fits, the grant is pending and not
  /// expired, and the poll is due.
  ///
  /// @param attempt names this poll, so that the store recognizes its own work
  Polled poll(Locator locator, Proof proof, String attempt, Instant now);

  /// Lengthens the interval after an early poll, once for each window. The window stays where it
  /// is.
  Write<Grant> slowDown(Grant seen, Duration interval);

  /// Puts the grant on the subject's screen, if it is pending and not expired.
  Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now);

  /// Approves the grant, if it is pending, not expired and claimed with exactly this claim, and the
  /// approval is within the request.
  Write<Grant> approve(Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now);

  /// Reads the grant that is stored now. This decides nothing.
  Optional<Grant> find(Locator locator);

  /// Counts a wrong number, if the proof fits, the grant is approved and not expired, and fewer
  /// than [MatchingNumber#MOST_WRONG] are counted. The last one denies the grant. The same number
  /// counts once.
  Write<Grant> countWrong(Locator locator, Proof proof, MatchingNumber wrong, Instant now);

  /// Denies the grant, if it is pending or approved, not expired, and claimed by this subject.
  Write<Grant> deny(Locator locator, Subject subject, Instant now);

  /// Denies the grant, if it is approved with exactly this claim, because its subject was barred,
  /// or its client had none of its scopes any more, when the device came for the key.
  Write<Grant> denyBarred(Locator locator, Grant.Claim claim);

  /// Consumes the code and stores the key in one transaction, if the proof fits, the grant is
  /// approved and not expired, fewer than [MatchingNumber#MOST_WRONG] wrong numbers are counted, no
  /// such key exists, and the subject is not barred.
  Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key);
}
