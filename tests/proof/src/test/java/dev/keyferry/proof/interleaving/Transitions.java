package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Conditions;
import dev.keyferry.proof.interleaving.Replay.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Computes and caches the transitions between worlds and actor states, both of which it numbers.
/// Each request runs once per history, and each call once per world.
final class Transitions {
  /// The result of a step.
  ///
  /// @param broken the promise that it breaks
  record Transition(int world, ActorState actorState, CallResult answer, Optional<String> broken) {}

  private record TransitionKey(int world, int actorState, Fault fault) {}

  private record Beginning(
      Actor actor,
      List<Response> responses,
      List<ActorState.ReceivedKey> received,
      List<ActorState.ReportedChange> reported) {}

  private final StoreModel stores;
  private final Replay replay;
  private final Promises promises;
  private final Map<World, Integer> numbers = new HashMap<>();
  private final List<World> worlds = new ArrayList<>();
  private final List<Optional<String>> brokenIn = new ArrayList<>();
  private final Map<Beginning, ActorState> beginnings = new HashMap<>();
  private final Map<TransitionKey, Transition> outcomes = new HashMap<>();
  private final Map<TransitionKey, Transition> copies = new HashMap<>();
  private int actorStates;

  /// @param flaw injected into the flows
  /// @param areRowsWatched whether the promises about rows count, and not only those about
  ///     responses
  Transitions(Scenario scenario, Conditions conditions, Flaw flaw, boolean areRowsWatched) {
    stores = new StoreModel(conditions, scenario.hasher());
    replay = new Replay(scenario.hasher(), scenario.reads(), flaw);
    promises = new Promises(scenario, stores, areRowsWatched);
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

  ActorState start(Actor actor) {
    return begin(actor, List.of(), List.of(), List.of());
  }

  Transition step(int world, ActorState actorState, Fault fault) {
    var key = new TransitionKey(world, actorState.id(), fault);
    var known = outcomes.get(key);
    if (known != null) {
      return known;
    }
    var transition = execute(world, actorState, actorState.waiting().orElseThrow(), fault);
    outcomes.put(key, transition);
    return transition;
  }

  private Transition execute(
      int number, ActorState actorState, ActorState.Waiting waiting, Fault fault) {
    var before = worlds.get(number);
    var call = waiting.call();
    var isDone = fault != Fault.THROTTLED && fault != Fault.LOST_BEFORE;
    var effect =
        isDone
            ? stores.answer(before, call)
            : new StoreModel.Effect(before, new CallResult.Outage());
    var after = effect.after();
    var answer =
        switch (fault) {
          case NONE, DUPLICATED -> effect.answer();
          case THROTTLED, CRASHED -> new CallResult.Outage();
          case LOST_BEFORE, LOST_AFTER -> new CallResult.Lost(done(call, effect));
          case SENT_AGAIN -> new CallResult.Again(done(call, effect));
        };
    var next = answer(actorState, waiting, answer);
    var then = after.equals(before) ? number : number(after);
    var broken =
        promises
            .broken(before, waiting, after)
            .or(() ->
                fault == Fault.NONE
                    ? promises.forgotten(waiting, answer, before)
                    : Optional.empty())
            .or(() -> brokenIn.get(then));
    if (next.responses().size() > actorState.responses().size()) {
      var response = next.responses().getLast();
      broken = broken.or(() -> promises.broken(waiting.answered(answer), response, before, after));
    }
    return new Transition(then, next, answer, broken);
  }

  /// Starts a request, which first reads the clock.
  Transition begin(int world, ActorState actorState, Instant now) {
    var waiting = actorState.waiting().orElseThrow();
    var answer = new CallResult.With(now);
    var next = answer(actorState, waiting, answer);
    var broken =
        next.responses().size() > actorState.responses().size()
            ? promises.broken(
                waiting.answered(answer),
                next.responses().getLast(),
                worlds.get(world),
                worlds.get(world))
            : Optional.<String>empty();
    return new Transition(world, next, answer, broken);
  }

  private static Optional<World> done(Call call, StoreModel.Effect effect) {
    return call instanceof Call.ToStore write
            && write.isWrite()
            && effect.answer() instanceof CallResult.With(var value)
            && StoreModel.isDone(value)
        ? Optional.of(effect.after())
        : Optional.empty();
  }

  /// Delivers the duplicate of a call. Nothing receives its result.
  ///
  /// @param isDone whether the call itself took effect
  Transition copy(int world, ActorState sender, boolean isDone) {
    var key = new TransitionKey(world, sender.id(), isDone ? Fault.DUPLICATED : Fault.NONE);
    return copies.computeIfAbsent(
        key,
        _ -> {
          var waiting = sender.waiting().orElseThrow();
          var before = worlds.get(world);
          var effect = stores.answer(before, waiting.call());
          var then = number(effect.after());
          var broken = promises.broken(before, waiting, effect.after());
          return new Transition(
              then,
              sender,
              effect.answer(),
              broken
                  .or(() -> promises.twice(before, waiting.call(), isDone, effect.after()))
                  .or(() -> brokenIn.get(then)));
        });
  }

  private ActorState answer(ActorState actorState, ActorState.Waiting waiting, CallResult answer) {
    var known = actorState.next().get(answer);
    if (known != null) {
      return known;
    }
    var answered = waiting.answered(answer);
    var next = run(actorState, answered);
    actorState.next().put(answer, next);
    return next;
  }

  private ActorState run(ActorState actorState, ActorState.Waiting at) {
    var seed = Objects.hash(actorState.actor().name(), actorState.responses().size());
    return switch (replay.run(at.request(), at.answers(), seed)) {
      case Result.Waiting(var call) when isOutOfOrder(call, at) ->
          throw new IllegalStateException(
              "a request that %s %s: the clock must be read once, before any store call"
                  .formatted(at.request().description(), call));
      case Result.Waiting(var call) ->
          new ActorState(
              actorStates++,
              actorState.actor(),
              actorState.responses(),
              actorState.received(),
              actorState.reported(),
              Optional.of(new ActorState.Waiting(at.request(), at.calls(), at.answers(), call)));
      case Result.Finished(var response) when at.answers().isEmpty() ->
          throw new IllegalStateException(
              "a request that %s gets %s without any call"
                  .formatted(at.request().description(), response));
      case Result.Finished(var response) ->
          begin(
              actorState.actor(),
              ActorState.with(actorState.responses(), response),
              actorState.receivedWith(at.request(), response),
              actorState.reportedWith(at, response));
    };
  }

  /// A request reads the clock first and only once. That lets [Explorer] choose its start
  /// time. A flow with another order would need more steps.
  private static boolean isOutOfOrder(Call call, ActorState.Waiting at) {
    return at.answers().isEmpty() ? call instanceof Call.ToStore : call instanceof Call.ReadClock;
  }

  /// Between two requests, only the responses matter, and not the path that led here.
  private ActorState begin(
      Actor actor,
      List<Response> responses,
      List<ActorState.ReceivedKey> received,
      List<ActorState.ReportedChange> reported) {
    var beginning = new Beginning(actor, responses, received, reported);
    var known = beginnings.get(beginning);
    if (known != null) {
      return known;
    }
    var idle =
        new ActorState(actorStates++, actor, responses, received, reported, Optional.empty());
    var actorState =
        actor
            .next(responses)
            .map(request ->
                run(idle, new ActorState.Waiting(request, List.of(), List.of(), NOTHING)))
            .orElse(idle);
    beginnings.put(beginning, actorState);
    return actorState;
  }

  private static final Call NOTHING = new Call.ReadClock();
}
