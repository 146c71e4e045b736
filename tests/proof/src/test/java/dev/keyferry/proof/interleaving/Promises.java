package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Request.Asks;
import dev.keyferry.proof.interleaving.Stage.Got;
import dev.keyferry.proof.interleaving.Stage.Said;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the design promises, as far as it can be broken by an unlucky order of steps.
/// Each answer is the promise that is broken, if one is.
final class Promises {
  private final Scenario scenario;
  private final boolean areRowsWatched;
  private final Map<Claim, Instant> screens = new HashMap<>();
  private final RowPromises rows;
  private final AnswerPromises answers;
  private final LaterPromises later;

  /// @param areRowsWatched or only what somebody hears, or would if he asked
  Promises(Scenario scenario, Stagehand hands, boolean areRowsWatched) {
    this.scenario = scenario;
    this.areRowsWatched = areRowsWatched;
    rows = new RowPromises();
    later = new LaterPromises(scenario, hands);
    answers = new AnswerPromises(scenario.login(), later);
  }

  /// That of a world, whoever brought it about.
  Optional<String> broken(World world) {
    return later.broken(world);
  }

  /// That of one call, and of its effect.
  Optional<String> broken(World before, Stage.Waiting by, World after) {
    if (!(by.call() instanceof Call.ToStore call)) {
      return Optional.empty();
    }
    if (!isTimely(call, by.begun())) {
      return Optional.of("rule 5: a call has another time with it than its request began at");
    }
    if (!isOfItsScreen(call, by.begun())) {
      return Optional.of("an approval counts from another time than its screen was opened at");
    }
    if (before.sameRows(after)) {
      return Optional.empty();
    }
    if (by.request().asks() instanceof Asks.Stranger) {
      return Optional.of("a stranger changed a row");
    }
    return areRowsWatched ? rows.broken(before, call, by, after) : Optional.empty();
  }

  /// Conditions ask about the time that the call has with it, so that must be the time it was, and
  /// what is stored must be it.
  private static boolean isTimely(Call.ToStore call, Instant begun) {
    var hour = begun.truncatedTo(ChronoUnit.HOURS);
    var stored =
        Stream.concat(
            call.argument(Redemption.class).map(Redemption::at).stream(),
            Stream.concat(
                call.argument(Generation.class).map(Generation::issuedAt).stream(),
                call.argument(Key.class).map(key -> key.generation().issuedAt()).stream()));
    return Stream.concat(stored, call.argument(Instant.class).stream())
        .allMatch((call.isNamed("markUsed") ? hour : begun)::equals);
  }

  /// A sign-out undoes what is agreed to on a screen that was open then, so the approval counts
  /// from when it was opened.
  private boolean isOfItsScreen(Call.ToStore call, Instant begun) {
    var claim = call.argument(Claim.class);
    if (call.isNamed("claim")) {
      claim.ifPresent(screen -> screens.put(screen, begun));
    }
    return claim
        .map(screens::get)
        .flatMap(opened ->
            call.argument(Approval.class).map(approval -> approval.since().equals(opened)))
        .orElse(true);
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
  Optional<String> broken(Stage.Waiting asked, Heard told, World before, World now) {
    return answers.broken(asked, told, before, now);
  }

  /// What was said to be done stays so, whoever comes later.
  Optional<String> undone(World now, List<Said> said) {
    return said.stream()
        .filter(each -> !each.change().isDone().test(now, each.begun()))
        .map(each -> "somebody was told that it is done, and it is undone")
        .findFirst();
  }

  /// When everybody is done: a code that was spent, or a refresh token, was so for somebody, unless
  /// an answer was lost.
  Optional<String> lost(World now, List<Got> got, List<Heard> heard) {
    var isSpent =
        now.keys().values().stream()
            .anyMatch(key ->
                Optional.ofNullable(scenario.start().keys().get(key.id()))
                    .filter(was -> was.generation().equals(key.generation()))
                    .isEmpty());
    return isSpent && got.isEmpty() && !heard.contains(Heard.OUTAGE)
        ? Optional.of("a code or token was spent, no answer was lost, and nobody got the key")
        : Optional.empty();
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
    return stands(world.standing(subject), agreedAt);
  }

  static boolean stands(Standing standing, Instant agreedAt) {
    return !standing.disabled()
        && standing.signedOutAt().filter(at -> at.compareTo(agreedAt) >= 0).isEmpty();
  }

  static boolean isOpen(Grant grant) {
    return grant.state() instanceof Grant.State.Pending
        || grant.state() instanceof Grant.State.Claimed;
  }
}
