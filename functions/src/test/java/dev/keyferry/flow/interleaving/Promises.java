package dev.keyferry.flow.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.interleaving.Request.Asks;
import dev.keyferry.flow.interleaving.Stage.Got;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the design promises, as far as it can be broken by an unlucky order of steps.
/// Each answer is the promise that is broken, if one is.
final class Promises {
  private final RowPromises rows;
  private final AnswerPromises answers;
  private final LaterPromises later;

  Promises(Scenario scenario, Stagehand hands) {
    rows = new RowPromises();
    later = new LaterPromises(scenario, hands);
    answers = new AnswerPromises(scenario.login(), later);
  }

  /// That of a world, whoever brought it about.
  Optional<String> broken(World world) {
    return later.broken(world);
  }

  /// That of one call's effect.
  Optional<String> broken(World before, Call call, Request by, World after) {
    if (before.sameRows(after)) {
      return Optional.empty();
    }
    if (by.asks() instanceof Asks.Stranger) {
      return Optional.of("a stranger changed a row");
    }
    return call instanceof Call.ToStore store
        ? rows.broken(before, store, by, after)
        : Optional.empty();
  }

  /// Rule of docs/decisions/0001: a write whose answer was lost, and whose work is still there,
  /// knows it for its own.
  Optional<String> forgotten(Stage.Waiting asked, Answered answer, World now) {
    var done =
        asked.answers().isEmpty()
            ? Optional.<World>empty()
            : switch (asked.answers().getLast()) {
              case Answered.Lost(var left) -> left;
              case Answered.Again(var left) -> left;
              case Answered.With _, Answered.Outage _ -> Optional.<World>empty();
            };
    var knows = answer instanceof Answered.With(var value) && Stagehand.isDone(value);
    return done.filter(now::sameRows).isPresent() && !knows
        ? Optional.of("0001: a write did not recognise its own work")
        : Optional.empty();
  }

  /// A call that arrives twice does its work once. But the last claimant wins, whoever that is.
  Optional<String> twice(World before, Call call, boolean isDone, World after) {
    var isExempt = call instanceof Call.ToStore store && store.isNamed("claim");
    return isDone && !isExempt && !before.sameRows(after)
        ? Optional.of("a call that arrived twice did its work twice")
        : Optional.empty();
  }

  /// That of an answer, as it is told.
  Optional<String> broken(Stage.Waiting asked, Heard told, World now) {
    return answers.broken(asked, told, now);
  }

  /// Equal requests hear equal answers, and what is handed over opens the door for as long as it
  /// should.
  Optional<String> broken(World now, List<Got> got) {
    for (int i = 0; i < got.size(); i++) {
      for (int j = 0; j < i; j++) {
        var one = got.get(i);
        var other = got.get(j);
        if (one.generation() == other.generation() && !one.body().equals(other.body())) {
          return Optional.of("rule 1: two keys for one approval, or for one refresh token");
        }
        if (one.generation() == other.generation() && !one.name().equals(other.name())) {
          return Optional.of("a key was told to two requests with different Idempotency-Keys");
        }
      }
    }
    for (var each : got) {
      var broken = later.broken(now, each);
      if (broken.isPresent()) {
        return broken;
      }
    }
    return Optional.empty();
  }

  /// Rule 5, in words of its own.
  static boolean isExpired(Grant grant, Instant at) {
    return at.compareTo(grant.expiresAt()) >= 0;
  }

  /// Whether what was agreed to at that time still stands: a sign-out ends what is not younger.
  static boolean stands(World world, Subject subject, Instant agreedAt) {
    var standing = world.standing(subject);
    return !standing.disabled()
        && standing.signedOutAt().filter(at -> at.compareTo(agreedAt) >= 0).isEmpty();
  }

  static boolean isOpen(Grant grant) {
    return grant.state() instanceof Grant.State.Pending
        || grant.state() instanceof Grant.State.Claimed;
  }
}
