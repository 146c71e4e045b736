package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.DEVICE_CODE;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.util.Optional;

/// The device polls for its key, RFC 8628 §3.4.
///
/// The first write counts the poll, and its condition alone decides whether the grant is pending. A
/// refused write returns what it found, and the answer follows from that. An outage decides nothing
/// and leaves as an [Outage].
public final class Poll {
  private final GrantStore grants;
  private final Hasher hasher;
  private final Mint mint;
  private final Environment environment;

  public Poll(GrantStore grants, Hasher hasher, Mint mint, Environment environment) {
    this.grants = grants;
    this.hasher = hasher;
    this.mint = mint;
    this.environment = environment;
  }

  /// One poll, as the device sent it.
  ///
  /// @param number the number that the user entered at the device, if any
  private record Attempt(TokenRequest request, DeviceCode code, Optional<MatchingNumber> number) {
    GrantStore.Proof proof(Digest deviceSecret) {
      return request.proof(deviceSecret);
    }
  }

  /// @param challenge the challenge that the poll's code verifier answers, RFC 7636 §4.5
  /// @param number the number that the user entered at the device, if any
  public Answer<IssuedKey> poll(
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> challenge,
      Optional<MatchingNumber> number,
      Caller caller) {
    var request =
        new TokenRequest(
            client, code, challenge, caller, environment.newAttempt(), environment.now());
    return poll(new Attempt(request, code, number), hasher.digest(DEVICE_CODE, code.message()));
  }

  private Answer<IssuedKey> poll(Attempt poll, Digest deviceSecret) {
    var request = poll.request();
    var proof = poll.proof(deviceSecret);
    return switch (grants.poll(poll.code().locator(), proof, request.attempt(), request.now())) {
      case Polled.Pending _ -> new Declined<>(OAuthError.AUTHORIZATION_PENDING);
      case Polled.NotPending(var found) ->
          found
              .filter(grant -> proves(poll, grant))
              .map(grant -> judge(poll, grant, deviceSecret))
              .orElse(new Declined<>(OAuthError.INVALID_GRANT));
    };
  }

  /// Whether the code and the proof of the poll fit the grant. A poll with a wrong proof spends
  /// nothing.
  private boolean proves(Attempt poll, Grant grant) {
    return hasher.matches(DEVICE_CODE, grant.deviceSecret(), poll.code().message())
        && poll.proof(grant.deviceSecret()).fits(grant);
  }

  /// The answer to a poll that the store refused. The order matters: an approval is never hidden
  /// behind `slow_down`.
  private Answer<IssuedKey> judge(Attempt poll, Grant grant, Digest tried) {
    return switch (grant.state()) {
      case Denied _ -> new Declined<>(OAuthError.ACCESS_DENIED);
      case Consumed consumed -> mint.redeliver(poll.request(), grant, consumed);
      case State _ when grant.isExpired(poll.request().now()) ->
          new Declined<>(OAuthError.EXPIRED_TOKEN);
      case Approved approved -> redeem(poll, grant, approved);
      case Pending _, Claimed _ when grant.pace().isEarly(poll.request().now()) ->
          tooEarly(poll, grant, tried);
      case Pending _, Claimed _ ->
          // The grant was hashed under a neighboring version: the proof is good, but the condition
          // named the wrong hash.
          grant.deviceSecret().equals(tried)
              ? new Declined<>(OAuthError.AUTHORIZATION_PENDING)
              : poll(poll, grant.deviceSecret());
    };
  }

  /// Lengthens the interval after an early poll. If something was decided between the poll and this
  /// second write, the answer says so at once.
  private Answer<IssuedKey> tooEarly(Attempt poll, Grant grant, Digest tried) {
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

  private Answer<IssuedKey> redeem(Attempt poll, Grant grant, Approved approved) {
    if (!Seals.intact(hasher, grant, approved)) {
      return new Declined<>(OAuthError.INVALID_GRANT);
    }
    var required = MatchingNumber.required(hasher, grant);
    if (required.isEmpty() || poll.number().equals(required)) {
      return mint.mint(poll.request(), grant, approved);
    }
    return poll.number()
        .filter(wrong -> !approved.wrong().contains(wrong))
        .map(wrong -> countWrong(poll, grant, wrong))
        .orElse(new Declined<>(OAuthError.CONFIRMATION_REQUIRED));
  }

  /// Counts a wrong number that was not tried before. The last one that is allowed denies the
  /// grant.
  private Answer<IssuedKey> countWrong(Attempt poll, Grant grant, MatchingNumber wrong) {
    var proof = poll.proof(grant.deviceSecret());
    return switch (grants.countWrong(grant.locator(), proof, wrong, poll.request().now())) {
      case Applied(var counted) -> {
        environment.record(Event.of(Kind.CONFIRMATION_REFUSED, counted));
        yield new Declined<>(
            counted.state() instanceof Denied
                ? OAuthError.ACCESS_DENIED
                : OAuthError.CONFIRMATION_REQUIRED);
      }
      case Refused(var found) -> mint.tooLate(poll.request(), found.orElse(grant));
    };
  }
}
