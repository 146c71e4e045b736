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
import dev.keyferry.proof.interleaving.Heard.Kind;
import dev.keyferry.proof.interleaving.Reads.Seen;
import dev.keyferry.proof.interleaving.Request.Asks;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// What may be told to whom: an outage only where there was one, and a verdict only with a reason
/// that the rows show.
final class AnswerPromises {
  private final Login login;
  private final LaterPromises later;

  AnswerPromises(Login login, LaterPromises later) {
    this.login = login;
    this.later = later;
  }

  /// @param before as the last call found it
  Optional<String> broken(Stage.Waiting asked, Heard told, World before, World now) {
    if (told.kind() == Kind.OUTAGE) {
      return asked.answers().stream().allMatch(Answered.With.class::isInstance)
          ? Optional.of("an outage was told, and there was none")
          : Optional.empty();
    }
    return switch (asked.request().asks()) {
      case Asks.Key(var name) -> brokenPoll(asked, name, told, now);
      case Asks.Refresh(var generation, var name) ->
          brokenWord(told)
              .or(() -> brokenSight(asked, told))
              .or(() ->
                  isBarred(asked, told)
                      ? Optional.empty()
                      : brokenRefresh(asked, generation, name, told, now))
              .or(() -> later.brokenRenewal(generation, told, before, now));
      case Asks.Guess(var number) -> brokenGuess(number, told, now);
      case Asks.Entry(var generation) -> brokenEntry(asked, generation, told);
      case Asks.Stranger(var word) ->
          told.equals(word)
              ? Optional.empty()
              : Optional.of("a stranger was told %s in place of %s".formatted(told, word));
      case Asks.Change(var isDone, var _) ->
          told.kind() == Kind.DONE && isDone.test(now, asked.begun())
              ? Optional.empty()
              : Optional.of("who changed something heard %s, and the rows do not".formatted(told));
      case Asks.Anything(var refusals) ->
          told.kind() == Kind.KEY || (told.kind() == Kind.DECLINED && !refusals.contains(told))
              ? Optional.of("%s was told to somebody whom it cannot concern".formatted(told))
              : brokenDecision(asked, told, before, now);
    };
  }

  private Optional<String> brokenPoll(Stage.Waiting asked, String name, Heard told, World now) {
    var row = Optional.ofNullable(now.grants().get(login.grant()));
    var state = row.map(Grant::state);
    var at = asked.begun();
    if (told.kind() == Kind.KEY) {
      return state.orElseThrow() instanceof Consumed(var _, var _, var redemption)
          ? brokenSight(asked, told).or(() -> brokenDelivery(redemption, at))
          : Optional.of("rule 2: a key was handed over and its code not spent");
    }
    if (told.is(Code.AUTHORIZATION_PENDING) || told.is(Code.SLOW_DOWN)) {
      return found(asked).anyMatch(grant -> isRedeemable(grant, at))
          ? Optional.of("an approval was hidden behind slow_down or authorization_pending")
          : brokenSlowDown(asked, told, row);
    }
    if (told.is(Code.EXPIRED_TOKEN)) {
      return row.filter(grant -> Promises.isExpired(grant, at)).isPresent()
          ? Optional.empty()
          : Optional.of("rule 5: expired_token before the code expired");
    }
    if (told.is(Code.ACCESS_DENIED)) {
      return state.filter(Denied.class::isInstance).isPresent()
          ? Optional.empty()
          : Optional.of("rule 3: access_denied, and nobody denied");
    }
    if (told.is(Code.INVALID_GRANT)) {
      var isOver =
          row.filter(grant -> Promises.isExpired(grant, at) || grant.state() instanceof Denied)
              .isPresent();
      return (login.hasOneWord() && (isOver || isBarred(asked))) || isBarred(asked, told)
          ? Optional.empty()
          : brokenRefusal(row, name, now);
    }
    return Optional.of("a poll was told %s, which is no answer to it".formatted(told));
  }

  /// Whoever began later than a minute after the redemption is told nothing, however long it took.
  private static Optional<String> brokenDelivery(Redemption redemption, Instant begun) {
    return begun.isBefore(redemption.at().plus(LaterPromises.REDELIVERY))
        ? Optional.empty()
        : Optional.of("a key was told again to a poll that began after its minute");
  }

  /// A key and its subject's standing are read one after the other, and together may say what never
  /// was. But each of them was so while the request was under way, so what was over when it began
  /// is refused: a key is told, and a door opened, only by one who saw both to be good.
  private static Optional<String> brokenSight(Stage.Waiting asked, Heard told) {
    var seen = Seen.by(asked.answers());
    return told.kind() == Kind.KEY && (seen.isBarred() || seen.isRevoked())
        ? Optional.of("a key was told by somebody who saw that it is over")
        : Optional.empty();
  }

  /// Whether who was refused saw why: it need not be so any more, for the key may be read later.
  private static boolean isBarred(Stage.Waiting asked, Heard told) {
    return told.kind() == Kind.DECLINED && Seen.by(asked.answers()).isBarred();
  }

  private Optional<String> brokenRefresh(
      Stage.Waiting asked, int generation, String name, Heard told, World now) {
    return later
        .brokenRefusal(generation, told, now)
        .or(() -> later.brokenRepetition(generation, name, asked.begun(), told, now))
        .or(() -> brokenReuse(asked, generation, told, now));
  }

  /// Whoever shows an access token is let in if both rows are good as they were seen, and only
  /// then.
  private static Optional<String> brokenEntry(Stage.Waiting asked, int generation, Heard told) {
    var seen = Seen.by(asked.answers());
    var at = asked.begun();
    var isOver = seen.key().isEmpty() || seen.isRevoked() || seen.isBarred();
    var isPresent =
        seen.key()
            .filter(key -> key.generation().number() == generation)
            .filter(key -> at.isBefore(key.expiresAt()))
            .isPresent();
    var isGrace =
        seen.key()
            .map(Key::generation)
            .filter(next -> next.number() == generation + 1)
            .filter(next -> at.isBefore(next.issuedAt().plus(Key.ACCESS_GRACE)))
            .isPresent();
    var isLetIn = told.kind() == Kind.DONE;
    return isLetIn == (!isOver && (isPresent || isGrace))
        ? Optional.empty()
        : Optional.of(
            isLetIn
                ? "somebody was let in who saw that the key is over"
                : "somebody was refused who saw that the key is good");
  }

  /// A wrong number is refused, and counts.
  private Optional<String> brokenGuess(MatchingNumber number, Heard told, World now) {
    var isRefused =
        told.is(Code.CONFIRMATION_REQUIRED)
            || told.is(Code.ACCESS_DENIED)
            || told.is(Code.INVALID_GRANT);
    if (!isRefused) {
      return Optional.of("%s was told to somebody who guessed".formatted(told));
    }
    return Optional.ofNullable(now.grants().get(login.grant()))
        .map(Grant::state)
        .filter(
            state -> state instanceof Approved(var _, var _, var wrong) && !wrong.contains(number))
        .map(_ -> "a wrong number was not counted");
  }

  /// RFC 6749 §5.2.
  private static Optional<String> brokenWord(Heard told) {
    return told.kind() == Kind.KEY || told.is(Code.INVALID_GRANT)
        ? Optional.empty()
        : Optional.of("a refresh was told %s, which is no answer to it".formatted(told));
  }

  /// Whoever shows a token that is two generations old, or older, ends the device.
  private static Optional<String> brokenReuse(
      Stage.Waiting asked, int generation, Heard told, World now) {
    return told.kind() == Kind.DECLINED
            && seen(asked)
                .anyMatch(key ->
                    key.generation().number() > generation + 1
                        && Promises.stands(now, key.terms().subject(), key.terms().approvedAt())
                        && Optional.ofNullable(now.keys().get(key.id()))
                            .flatMap(Key::revokedAt)
                            .isEmpty())
        ? Optional.of("a token that was used long ago was shown, and its device was not revoked")
        : Optional.empty();
  }

  /// The keys that a refresh came upon.
  private static Stream<Key> seen(Stage.Waiting asked) {
    return asked.answers().stream()
        .flatMap(answer ->
            switch (answer) {
              case Answered.With(Optional<?> found) ->
                  found
                      .map(row -> row instanceof KeyAndStanding(var key, var _) ? key : row)
                      .filter(Key.class::isInstance)
                      .map(Key.class::cast)
                      .stream();
              case Answered.With(Write.Refused<?>(var found)) ->
                  found.filter(Key.class::isInstance).map(Key.class::cast).stream();
              case Answered _ -> Stream.empty();
            });
  }

  /// RFC 8628 §3.5: who is early waits longer from then on, once in each window.
  private static Optional<String> brokenSlowDown(
      Stage.Waiting asked, Heard told, Optional<Grant> row) {
    if (!told.is(Code.SLOW_DOWN)) {
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
        .map(_ -> "slow_down, and the interval is no longer than it was");
  }

  private Optional<String> brokenRefusal(Optional<Grant> row, String name, World now) {
    if (row.isEmpty()) {
      return Optional.empty();
    }
    if (!(row.get().state() instanceof Consumed)) {
      return Optional.of("rule 3: invalid_grant, and the code was not spent");
    }
    return !name.isEmpty() && later.poll(now, Optional.of(name)).kind() == Kind.KEY
        ? Optional.of("a repeated poll was refused what the next one is told")
        : Optional.empty();
  }

  private static boolean isBarred(Stage.Waiting asked) {
    return asked.answers().stream()
        .anyMatch(answer ->
            answer instanceof Answered.With(var value) && value instanceof Redeemed.Barred);
  }

  private static boolean isRedeemable(Grant grant, Instant at) {
    return grant.state() instanceof Approved && !Promises.isExpired(grant, at);
  }

  /// The rows that refused polls came upon.
  private static Stream<Grant> found(Stage.Waiting asked) {
    return asked.answers().stream()
        .flatMap(answer ->
            answer instanceof Answered.With(Polled.NotPending(var found))
                ? found.stream()
                : Stream.empty());
  }

  private Optional<String> brokenDecision(
      Stage.Waiting asked, Heard told, World before, World now) {
    if (!(asked.calls().getLast() instanceof Call.ToStore last)) {
      return asked.calls().getLast() instanceof Call.Tick || told.kind() == Kind.DECLINED
          ? Optional.empty()
          : Optional.of("a decision was confirmed that no store was asked for");
    }
    var row = Optional.ofNullable(now.grants().get(login.grant()));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    var was = Optional.ofNullable(before.grants().get(login.grant()));
    var decision = new Decision(last, asked.begun(), was, row.get());
    return told.kind() == Kind.DECLINED ? decision.brokenRefusal() : decision.brokenYes();
  }
}
