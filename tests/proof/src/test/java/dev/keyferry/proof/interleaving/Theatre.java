package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Conditions;
import dev.keyferry.proof.interleaving.Rehearsal.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Numbers for worlds and stages, and what each call comes to in each world: every request is run
/// once for each history that it can have, and every call made once in each world.
final class Theatre {
  /// What a step comes to.
  ///
  /// @param broken the promise that it breaks
  record Outcome(int world, Stage stage, Answered answer, Optional<String> broken) {}

  private record Turn(int world, int stage, Fault fault) {}

  private record Beginning(
      Actor actor, List<Heard> heard, List<Stage.Got> got, List<Stage.Said> said) {}

  private final Stagehand hands;
  private final Rehearsal rehearsal;
  private final Promises promises;
  private final Map<World, Integer> numbers = new HashMap<>();
  private final List<World> worlds = new ArrayList<>();
  private final List<Optional<String>> brokenIn = new ArrayList<>();
  private final Map<Beginning, Stage> beginnings = new HashMap<>();
  private final Map<Turn, Outcome> outcomes = new HashMap<>();
  private final Map<Turn, Outcome> copies = new HashMap<>();
  private int stages;

  /// @param flaw of the flows that are tried
  /// @param areRowsWatched or only what somebody hears
  Theatre(Scenario scenario, Conditions conditions, Flaw flaw, boolean areRowsWatched) {
    hands = new Stagehand(conditions, scenario.hasher());
    rehearsal = new Rehearsal(scenario.hasher(), scenario.reads(), flaw);
    promises = new Promises(scenario, hands, areRowsWatched);
  }

  Promises promises() {
    return promises;
  }

  World world(int number) {
    return worlds.get(number);
  }

  int number(World world) {
    return numbers.computeIfAbsent(
        world,
        fresh -> {
          worlds.add(fresh);
          brokenIn.add(promises.broken(fresh));
          return worlds.size() - 1;
        });
  }

  Stage enter(Actor actor) {
    return begin(actor, List.of(), List.of(), List.of());
  }

  Outcome step(int world, Stage stage, Fault fault) {
    var turn = new Turn(world, stage.id(), fault);
    var known = outcomes.get(turn);
    if (known != null) {
      return known;
    }
    var outcome = play(world, stage, stage.waiting().orElseThrow(), fault);
    outcomes.put(turn, outcome);
    return outcome;
  }

  private Outcome play(int number, Stage stage, Stage.Waiting waiting, Fault fault) {
    var before = worlds.get(number);
    var call = waiting.call();
    var isDone = fault != Fault.THROTTLED && fault != Fault.LOST_BEFORE;
    var effect =
        isDone ? hands.answer(before, call) : new Stagehand.Effect(before, new Answered.Outage());
    var after = effect.after();
    var answer =
        switch (fault) {
          case NONE, DUPLICATED -> effect.answer();
          case THROTTLED, CRASHED -> new Answered.Outage();
          case LOST_BEFORE, LOST_AFTER -> new Answered.Lost(done(call, effect));
          case SENT_AGAIN -> new Answered.Again(done(call, effect));
        };
    var next = answer(stage, waiting, answer);
    var then = after.equals(before) ? number : number(after);
    var broken =
        promises
            .broken(before, waiting, after)
            .or(() ->
                fault == Fault.NONE
                    ? promises.forgotten(waiting, answer, before)
                    : Optional.empty())
            .or(() -> brokenIn.get(then));
    if (next.heard().size() > stage.heard().size()) {
      var told = next.heard().getLast();
      broken = broken.or(() -> promises.broken(waiting.answered(answer), told, before, after));
    }
    return new Outcome(then, next, answer, broken);
  }

  /// A request begins by looking at the clock.
  Outcome begin(int world, Stage stage, Instant now) {
    var waiting = stage.waiting().orElseThrow();
    var answer = new Answered.With(now);
    var next = answer(stage, waiting, answer);
    var broken =
        next.heard().size() > stage.heard().size()
            ? promises.broken(
                waiting.answered(answer),
                next.heard().getLast(),
                worlds.get(world),
                worlds.get(world))
            : Optional.<String>empty();
    return new Outcome(world, next, answer, broken);
  }

  private static Optional<World> done(Call call, Stagehand.Effect effect) {
    return call instanceof Call.ToStore write
            && write.isWrite()
            && effect.answer() instanceof Answered.With(var value)
            && Stagehand.isDone(value)
        ? Optional.of(effect.after())
        : Optional.empty();
  }

  /// The duplicate of a call arrives, for nobody.
  ///
  /// @param isDone whether the call itself did its work
  Outcome copy(int world, Stage sender, boolean isDone) {
    var turn = new Turn(world, sender.id(), isDone ? Fault.DUPLICATED : Fault.NONE);
    return copies.computeIfAbsent(
        turn,
        _ -> {
          var waiting = sender.waiting().orElseThrow();
          var before = worlds.get(world);
          var effect = hands.answer(before, waiting.call());
          var then = number(effect.after());
          var broken = promises.broken(before, waiting, effect.after());
          return new Outcome(
              then,
              sender,
              effect.answer(),
              broken
                  .or(() -> promises.twice(before, waiting.call(), isDone, effect.after()))
                  .or(() -> brokenIn.get(then)));
        });
  }

  private Stage answer(Stage stage, Stage.Waiting waiting, Answered answer) {
    var known = stage.next().get(answer);
    if (known != null) {
      return known;
    }
    var answered = waiting.answered(answer);
    var next = run(stage, answered);
    stage.next().put(answer, next);
    return next;
  }

  private Stage run(Stage stage, Stage.Waiting at) {
    var seed = Objects.hash(stage.actor().name(), stage.heard().size());
    return switch (rehearsal.run(at.request(), at.answers(), seed)) {
      case Result.Waiting(var call) when isOutOfTurn(call, at) ->
          throw new IllegalStateException(
              "whoever %s %s: the clock is read once, and before any store is asked"
                  .formatted(at.request().words(), call));
      case Result.Waiting(var call) ->
          new Stage(
              stages++,
              stage.actor(),
              stage.heard(),
              stage.got(),
              stage.said(),
              Optional.of(new Stage.Waiting(at.request(), at.calls(), at.answers(), call)));
      case Result.Finished(var told) when at.answers().isEmpty() ->
          throw new IllegalStateException(
              "whoever %s hears %s, and nothing was looked at"
                  .formatted(at.request().words(), told));
      case Result.Finished(var told) ->
          begin(
              stage.actor(),
              Stage.with(stage.heard(), told),
              stage.gotWith(at.request(), told),
              stage.saidWith(at, told));
    };
  }

  /// That a request looks at the clock first, and never again, is what lets [Interleavings] choose
  /// the time of its beginning; a flow that did otherwise would need steps of its own for it.
  private static boolean isOutOfTurn(Call call, Stage.Waiting at) {
    return at.answers().isEmpty() ? call instanceof Call.ToStore : call instanceof Call.ReadClock;
  }

  /// Between two requests it does not matter how the actor came here, but only what it heard.
  private Stage begin(Actor actor, List<Heard> heard, List<Stage.Got> got, List<Stage.Said> said) {
    var beginning = new Beginning(actor, heard, got, said);
    var known = beginnings.get(beginning);
    if (known != null) {
      return known;
    }
    var idle = new Stage(stages++, actor, heard, got, said, Optional.empty());
    var stage =
        actor
            .next(heard)
            .map(request -> run(idle, new Stage.Waiting(request, List.of(), List.of(), NOTHING)))
            .orElse(idle);
    beginnings.put(beginning, stage);
    return stage;
  }

  private static final Call NOTHING = new Call.ReadClock();
}
