package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Write;
import dev.keyferry.proof.interleaving.Reads.Seen;
import dev.keyferry.proof.interleaving.Request.Asks;
import dev.keyferry.proof.interleaving.Response.Kind;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// The promises about responses: an outage is reported only after a fault, and the rows justify
/// each verdict.
final class ResponsePromises {
  private final Login login;
  private final LaterPromises later;

  ResponsePromises(Login login, LaterPromises later) {
    this.login = login;
    this.later = later;
  }

  /// @param before the world that the last call found
  Optional<String> broken(ActorState.Waiting asked, Response response, World before, World now) {
    if (response.kind() == Kind.OUTAGE) {
      return asked.answers().stream().allMatch(CallResult.With.class::isInstance)
          ? Optional.of("an outage was reported without a fault")
          : Optional.empty();
    }
    return switch (asked.request().asks()) {
      case Asks.Key(var name) -> brokenPoll(asked, name, response, now);
      case Asks.Refresh(var token, var generation, var name) ->
          brokenError(response)
              .or(() -> brokenRead(asked, response))
              .or(() ->
                  isBarred(asked, response)
                      ? Optional.empty()
                      : brokenRefresh(asked, token, generation, name, response, now))
              .or(() -> later.brokenRenewal(generation, response, before, now));
      case Asks.Guess(var number) -> brokenGuess(number, response, now);
      case Asks.Entry(var token) -> brokenEntry(asked, token, response);
      case Asks.Stranger(var word) ->
          response.equals(word)
              ? Optional.empty()
              : Optional.of("a stranger got %s instead of %s".formatted(response, word));
      case Asks.Change(var isDone, var _) ->
          response.kind() == Kind.DONE && isDone.test(now, asked.begun())
              ? Optional.empty()
              : Optional.of(
                  "a change was answered with %s, but the rows do not show it".formatted(response));
      case Asks.Anything(var refusals) ->
          response.kind() == Kind.KEY
                  || (response.kind() == Kind.DECLINED && !refusals.contains(response))
              ? Optional.of(
                  "%s was returned to a request that it cannot concern".formatted(response))
              : brokenDecision(asked, response, before, now);
    };
  }

  private Optional<String> brokenPoll(
      ActorState.Waiting asked, String name, Response response, World now) {
    var row = Optional.ofNullable(now.grants().get(login.grant()));
    var state = row.map(Grant::state);
    var at = asked.begun();
    if (response.kind() == Kind.KEY) {
      return state.orElseThrow() instanceof Consumed(var _, var _, var redemption)
          ? brokenRead(asked, response).or(() -> brokenDelivery(redemption, at))
          : Optional.of("rule 2: a key was issued and its code not spent");
    }
    if (response.is(Code.AUTHORIZATION_PENDING) || response.is(Code.SLOW_DOWN)) {
      return found(asked).anyMatch(grant -> isRedeemable(grant, at))
          ? Optional.of("an approval was hidden behind slow_down or authorization_pending")
          : brokenSlowDown(asked, response, row);
    }
    if (response.is(Code.EXPIRED_TOKEN)) {
      return row.filter(grant -> Promises.isExpired(grant, at)).isPresent()
          ? Optional.empty()
          : Optional.of("rule 5: expired_token before the code expired");
    }
    if (response.is(Code.ACCESS_DENIED)) {
      return state.filter(Denied.class::isInstance).isPresent()
          ? Optional.empty()
          : Optional.of("rule 3: access_denied without a denial");
    }
    if (response.is(Code.INVALID_GRANT)) {
      var isOver =
          row.filter(grant -> Promises.isExpired(grant, at) || grant.state() instanceof Denied)
              .isPresent();
      return (login.hasOneWord() && (isOver || isBarred(asked))) || isBarred(asked, response)
          ? Optional.empty()
          : brokenRefusal(row, name, now);
    }
    return Optional.of("a poll got %s, which is not a response to it".formatted(response));
  }

  /// A request that began more than a minute after the redemption gets nothing, however long it
  /// took.
  private static Optional<String> brokenDelivery(Redemption redemption, Instant begun) {
    return begun.isBefore(redemption.at().plus(LaterPromises.REDELIVERY))
        ? Optional.empty()
        : Optional.of("a key was repeated to a poll that began after its minute");
  }

  /// A request reads a key and its subject's standing one after the other, so the combination may
  /// never have existed. But each row was current while the request ran, and a row that had ended
  /// before the request began is recognized. So a request gets or uses a key only if it saw both
  /// rows as valid.
  private static Optional<String> brokenRead(ActorState.Waiting asked, Response response) {
    var seen = Seen.by(asked.answers());
    return response.kind() == Kind.KEY && (seen.isBarred() || seen.isRevoked())
        ? Optional.of("a key was issued by a request that saw that it had ended")
        : Optional.empty();
  }

  /// Whether the refused request saw a reason. The reason need not hold any more, because the key
  /// may be read later.
  private static boolean isBarred(ActorState.Waiting asked, Response response) {
    return response.kind() == Kind.DECLINED && Seen.by(asked.answers()).isBarred();
  }

  private Optional<String> brokenRefresh(
      ActorState.Waiting asked,
      String token,
      int generation,
      String name,
      Response response,
      World now) {
    return later
        .brokenRefusal(token, response, now)
        .or(() -> later.brokenRepetition(token, name, asked.begun(), response, now))
        .or(() -> brokenReuse(asked, generation, response, now));
  }

  /// An access token is accepted if and only if both rows are valid as the request saw them.
  private Optional<String> brokenEntry(ActorState.Waiting asked, String token, Response response) {
    var seen = Seen.by(asked.answers());
    var at = asked.begun();
    var isOver = seen.key().isEmpty() || seen.isRevoked() || seen.isBarred();
    var isPresent =
        seen.key()
            .filter(key -> later.isToken(key.generation().access(), token))
            .filter(key -> at.isBefore(key.expiresAt()))
            .isPresent();
    var isGrace =
        seen.key()
            .flatMap(key -> key.generation().previous())
            .filter(previous -> later.isToken(previous.access(), token))
            .filter(previous -> at.isBefore(previous.replacedAt().plus(Key.ACCESS_GRACE)))
            .isPresent();
    var isLetIn = response.kind() == Kind.DONE;
    return isLetIn == (!isOver && (isPresent || isGrace))
        ? Optional.empty()
        : Optional.of(
            isLetIn
                ? "a key was accepted by a request that saw that it had ended"
                : "a key was refused by a request that saw that it is valid");
  }

  /// A wrong number is refused and counted.
  private Optional<String> brokenGuess(MatchingNumber number, Response response, World now) {
    var isRefused =
        response.is(Code.CONFIRMATION_REQUIRED)
            || response.is(Code.ACCESS_DENIED)
            || response.is(Code.INVALID_GRANT);
    if (!isRefused) {
      return Optional.of("%s was returned to a wrong number".formatted(response));
    }
    return Optional.ofNullable(now.grants().get(login.grant()))
        .map(Grant::state)
        .filter(
            state -> state instanceof Approved(var _, var _, var wrong) && !wrong.contains(number))
        .map(_ -> "a wrong number was not counted");
  }

  /// RFC 6749 §5.2.
  private static Optional<String> brokenError(Response response) {
    return response.kind() == Kind.KEY || response.is(Code.INVALID_GRANT)
        ? Optional.empty()
        : Optional.of("a refresh got %s, which is not a response to it".formatted(response));
  }

  /// A token that is two or more generations old revokes the device.
  private static Optional<String> brokenReuse(
      ActorState.Waiting asked, int generation, Response response, World now) {
    return response.kind() == Kind.DECLINED
            && seen(asked)
                .anyMatch(key ->
                    key.generation().number() > generation + 1
                        && Promises.stands(now, key.terms().subject(), key.terms().approvedAt())
                        && Optional.ofNullable(now.keys().get(key.id()))
                            .flatMap(Key::revokedAt)
                            .isEmpty())
        ? Optional.of(
            "a token that was used long ago was presented, and its device was not revoked")
        : Optional.empty();
  }

  /// The keys that a refresh found.
  private static Stream<Key> seen(ActorState.Waiting asked) {
    return asked.answers().stream()
        .flatMap(answer ->
            switch (answer) {
              case CallResult.With(Optional<?> found) ->
                  found
                      .map(row -> row instanceof KeyAndStanding(var key, var _) ? key : row)
                      .filter(Key.class::isInstance)
                      .map(Key.class::cast)
                      .stream();
              case CallResult.With(Write.Refused<?>(var found)) ->
                  found.filter(Key.class::isInstance).map(Key.class::cast).stream();
              case CallResult _ -> Stream.empty();
            });
  }

  /// RFC 8628 §3.5: an early poll lengthens the interval, once in each window.
  private static Optional<String> brokenSlowDown(
      ActorState.Waiting asked, Response response, Optional<Grant> row) {
    if (!response.is(Code.SLOW_DOWN)) {
      return Optional.empty();
    }
    var due = asked.begun().plus(Grant.Pace.TOLERANCE);
    if (found(asked).noneMatch(grant -> grant.pace().nextPollAt().isAfter(due))) {
      return Optional.of("slow_down to a poll that was not early");
    }
    return row.filter(Promises::isOpen)
        .map(Grant::pace)
        .filter(
            is -> found(asked).anyMatch(grant -> grant.pace().nextPollAt().equals(is.nextPollAt())))
        .filter(is -> !is.slowedAt().equals(Optional.of(is.nextPollAt())))
        .map(_ -> "slow_down without a longer interval");
  }

  private Optional<String> brokenRefusal(Optional<Grant> row, String name, World now) {
    if (row.isEmpty()) {
      return Optional.empty();
    }
    if (!(row.get().state() instanceof Consumed)) {
      return Optional.of("rule 3: invalid_grant for a code that was not spent");
    }
    return !name.isEmpty() && later.poll(now, Optional.of(name)).kind() == Kind.KEY
        ? Optional.of("a repeated poll was refused, although the next one succeeds")
        : Optional.empty();
  }

  private static boolean isBarred(ActorState.Waiting asked) {
    return asked.answers().stream()
        .anyMatch(answer ->
            answer instanceof CallResult.With(var value) && value instanceof Redeemed.Barred);
  }

  private static boolean isRedeemable(Grant grant, Instant at) {
    return grant.state() instanceof Approved && !Promises.isExpired(grant, at);
  }

  /// The rows that refused polls found.
  private static Stream<Grant> found(ActorState.Waiting asked) {
    return asked.answers().stream()
        .flatMap(answer ->
            answer instanceof CallResult.With(Polled.NotPending(var found))
                ? found.stream()
                : Stream.empty());
  }

  private Optional<String> brokenDecision(
      ActorState.Waiting asked, Response response, World before, World now) {
    if (!(asked.calls().getLast() instanceof Call.ToStore last)) {
      return asked.calls().getLast() instanceof Call.Tick || response.kind() == Kind.DECLINED
          ? Optional.empty()
          : Optional.of("a decision was confirmed without a store call");
    }
    var row = Optional.ofNullable(now.grants().get(login.grant()));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    var was = Optional.ofNullable(before.grants().get(login.grant()));
    var decision = new Decision(last, asked.begun(), was, row.get());
    return response.kind() == Kind.DECLINED
        ? decision.brokenRefusal()
        : decision.brokenConfirmation();
  }
}
