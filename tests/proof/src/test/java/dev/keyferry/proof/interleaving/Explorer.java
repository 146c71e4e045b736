package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Conditions;
import dev.keyferry.proof.interleaving.Transitions.Transition;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Explores the orders in which the calls of a scenario's actors can reach the stores.
///
/// The future depends only on the rows, the clock, each actor's progress, the remaining faults, and
/// the copy in transit. So two orders that lead to the same state are explored only once. This
/// covers every order without running each one.
final class Explorer {
  /// @param states reachable states
  /// @param steps between them
  /// @param orders paths from the beginning to an end
  record Coverage(long states, long steps, double orders) {}

  /// A broken promise and the schedule that breaks it.
  static final class Counterexample extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Counterexample(String promise, String schedule) {
      super(promise + "\n" + schedule, null, false, false);
    }
  }

  /// A call or its duplicate in transit.
  ///
  /// @param isDone whether the call itself took effect
  private record Copy(ActorState sender, boolean isDone) {
    int number() {
      return sender.id() * 2 + (isDone ? 1 : 0);
    }
  }

  /// A state of the exploration: the world, the times so far, the remaining faults, the copy in
  /// transit, each actor's progress, and how many of the times had passed when each actor's request
  /// could begin.
  private static final class State {
    private final int world;
    private final List<Instant> times;
    private final int faults;
    private final Optional<Copy> copy;
    private final ActorState[] actorStates;
    private final int[] since;

    State(
        int world,
        List<Instant> times,
        int faults,
        Optional<Copy> copy,
        ActorState[] actorStates,
        int[] since) {
      this.world = world;
      this.times = times;
      this.faults = faults;
      this.copy = copy;
      this.actorStates = actorStates;
      this.since = since;
    }

    int world() {
      return world;
    }

    List<Instant> times() {
      return times;
    }

    int faults() {
      return faults;
    }

    Optional<Copy> copy() {
      return copy;
    }

    ActorState[] actorStates() {
      return actorStates;
    }

    int[] since() {
      return since;
    }

    long fingerprint() {
      var hash = mix(mix(world) + faults);
      hash = mix(hash + copy.map(Copy::number).orElse(-1));
      for (int actor = 0; actor < actorStates.length; actor++) {
        hash = mix(hash + actorStates[actor].id());
        hash = mix(hash + (actorStates[actor].readsClock() ? since[actor] : 0));
      }
      return hash;
    }

    /// Mixes as SplittableRandom does. States are compared by 64 bits. Two of a million states are
    /// equal by accident once in tens of millions of runs.
    private static long mix(long value) {
      var mixed = (value + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
      return mixed ^ mixed >>> 31;
    }
  }

  /// @param actor the index of the actor whose call reaches the store, or [#COPY] for a duplicate
  /// @param time the index of the time at which the request began, if this is its first step
  private record Move(int actor, Fault fault, int time) {}

  private record Reached(State state, Optional<String> broken) {}

  /// @param before the state from which it was reached
  private record Trail(State state, Optional<Trail> before, Move move) {}

  private static final int COPY = -1;
  private static final Move NONE = new Move(COPY, Fault.NONE, 0);

  private final Scenario scenario;
  private final Transitions transitions;
  private final Visited visited = new Visited();
  private long steps;

  Explorer(Scenario scenario, Conditions conditions) {
    this(scenario, new Transitions(scenario, conditions, Flaw.NONE, true));
  }

  Explorer(Scenario scenario, Transitions transitions) {
    this.scenario = scenario;
    this.transitions = transitions;
  }

  /// Explores every order.
  Coverage all() {
    var orders = ordersFrom(beginning(), new ArrayDeque<>());
    return new Coverage(visited.size(), steps, orders);
  }

  /// A shortest order that breaks a promise, if there is one.
  Optional<Counterexample> shortestCounterexample() {
    var open = new ArrayDeque<Trail>();
    open.add(new Trail(beginning(), Optional.empty(), NONE));
    while (!open.isEmpty()) {
      var trail = open.remove();
      for (var move : moves(trail.state())) {
        var reached = step(trail.state(), move);
        var next = new Trail(reached.state(), Optional.of(trail), move);
        if (reached.broken().isPresent()) {
          return reached
              .broken()
              .map(promise -> new Counterexample(promise, schedule(moves(next))));
        }
        if (visited.add(reached.state().fingerprint())) {
          open.add(next);
        }
      }
    }
    return Optional.empty();
  }

  /// Runs one random order. On average one call in `callsForAFault` has a fault.
  ///
  /// @return the number of its steps
  long one(RandomGenerator random, int callsForAFault) {
    var state = beginning();
    var made = new ArrayList<Move>();
    for (var actors = actors(state); !actors.isEmpty(); actors = actors(state)) {
      var actor = actors.get(random.nextInt(actors.size()));
      var move = actor == COPY ? NONE : draw(state, actor, random, callsForAFault);
      made.add(move);
      var reached = step(state, move);
      failIfBroken(reached, made);
      state = reached.state();
    }
    return made.size();
  }

  private static List<Integer> actors(State state) {
    var actors = new ArrayList<Integer>();
    for (int actor = 0; actor < state.actorStates().length; actor++) {
      if (!state.actorStates()[actor].isDone()) {
        actors.add(actor);
      }
    }
    if (state.copy().isPresent()) {
      actors.add(COPY);
    }
    return actors;
  }

  private Move draw(State state, int actor, RandomGenerator random, int callsForAFault) {
    var actorState = state.actorStates()[actor];
    var isBeginning = actorState.readsClock();
    var time = isBeginning ? random.nextInt(state.since()[actor], state.times().size()) : 0;
    var begun =
        isBeginning
            ? transitions.begin(state.world(), actorState, state.times().get(time)).actorState()
            : actorState;
    var moves = new ArrayList<Move>();
    addMoves(moves, state, begun, actor, time);
    return random.nextInt(callsForAFault) > 0
        ? moves.getFirst()
        : moves.get(random.nextInt(moves.size()));
  }

  private State beginning() {
    var actorStates = scenario.actors().stream().map(transitions::start).toArray(ActorState[]::new);
    return new State(
        transitions.number(scenario.start()),
        List.of(scenario.start().now()),
        scenario.faults(),
        Optional.empty(),
        actorStates,
        new int[actorStates.length]);
  }

  private double ordersFrom(State state, ArrayDeque<Move> path) {
    var known = visited.find(state.fingerprint());
    if (known > 0) {
      return known;
    }
    var moves = moves(state);
    double orders = moves.isEmpty() ? 1 : 0;
    for (var move : moves) {
      path.addLast(move);
      var reached = step(state, move);
      failIfBroken(reached, path);
      orders += ordersFrom(reached.state(), path);
      path.removeLast();
    }
    visited.put(state.fingerprint(), orders);
    return orders;
  }

  private void failIfBroken(Reached reached, Iterable<Move> path) {
    if (reached.broken().isPresent()) {
      throw new Counterexample(reached.broken().get(), schedule(path));
    }
  }

  private static List<Move> moves(Trail last) {
    var moves = new ArrayDeque<Move>();
    for (var trail = last; trail.before().isPresent(); trail = trail.before().get()) {
      moves.addFirst(trail.move());
    }
    return List.copyOf(moves);
  }

  /// The possible next steps.
  ///
  /// A request reads the clock first, and may then be delayed for any time. So it is enough to
  /// choose its start time when its first call reaches a store.
  private List<Move> moves(State state) {
    var moves = new ArrayList<Move>();
    for (int actor = 0; actor < state.actorStates().length; actor++) {
      var actorState = state.actorStates()[actor];
      if (actorState.readsClock()) {
        for (int time = state.since()[actor]; time < state.times().size(); time++) {
          var begun =
              transitions.begin(state.world(), actorState, state.times().get(time)).actorState();
          addMoves(moves, state, begun, actor, time);
        }
      } else if (!actorState.isDone()) {
        addMoves(moves, state, actorState, actor, 0);
      }
    }
    if (state.copy().isPresent()) {
      moves.add(NONE);
    }
    return moves;
  }

  private void addMoves(List<Move> moves, State state, ActorState actorState, int actor, int time) {
    moves.add(new Move(actor, Fault.NONE, time));
    if (state.faults() > 0) {
      for (var fault : actorState.faults()) {
        var isPossible = !fault.leavesCopy() || state.copy().isEmpty();
        if (isPossible && scenario.kinds().contains(fault)) {
          moves.add(new Move(actor, fault, time));
        }
      }
    }
  }

  private Reached step(State state, Move move) {
    steps++;
    if (move.actor() == COPY) {
      return reached(state, copied(state), move, Optional.empty());
    }
    var actorState = state.actorStates()[move.actor()];
    var transition = transition(state, actorState, move);
    var copy =
        move.fault().leavesCopy()
            ? Optional.of(new Copy(begun(state, actorState, move), isDone(transition)))
            : state.copy();
    return reached(state, transition, move, copy);
  }

  private static boolean isDone(Transition transition) {
    return transition.answer() instanceof CallResult.With(var value) && StoreModel.isDone(value);
  }

  private Transition copied(State state) {
    var copy = state.copy().orElseThrow();
    return transitions.copy(state.world(), copy.sender(), copy.isDone());
  }

  private ActorState begun(State state, ActorState actorState, Move move) {
    return actorState.readsClock()
        ? transitions.begin(state.world(), actorState, state.times().get(move.time())).actorState()
        : actorState;
  }

  private Transition transition(State state, ActorState actorState, Move move) {
    if (!actorState.readsClock()) {
      return transitions.step(state.world(), actorState, move.fault());
    }
    var begun = transitions.begin(state.world(), actorState, state.times().get(move.time()));
    var isOver = begun.actorState().responses().size() > actorState.responses().size();
    return isOver ? begun : transitions.step(state.world(), begun.actorState(), move.fault());
  }

  private Reached reached(State state, Transition transition, Move move, Optional<Copy> copy) {
    var actorStates = state.actorStates();
    var since = state.since();
    var times = state.times();
    var isNew = transition.world() != state.world();
    if (move.actor() != COPY) {
      var before = actorStates[move.actor()];
      actorStates = actorStates.clone();
      actorStates[move.actor()] = transition.actorState();
      if (before.actor().isClock()) {
        times = ActorState.with(times, transitions.world(transition.world()).now());
      }
      if (transition.actorState().responses().size() > before.responses().size()) {
        since = since.clone();
        since[move.actor()] = times.size() - 1;
      }
      isNew |= transition.actorState().received().size() > before.received().size();
      isNew |= transition.actorState().reported().size() > before.reported().size();
    }
    var faults = state.faults() - (move.fault() == Fault.NONE ? 0 : 1);
    var next = new State(transition.world(), times, faults, copy, actorStates, since);
    var isWorse = isNew || actors(next).isEmpty();
    var broken = transition.broken();
    return new Reached(next, broken.isEmpty() && isWorse ? brokenTogether(next) : broken);
  }

  private Optional<String> brokenTogether(State state) {
    var received = new ArrayList<ActorState.ReceivedKey>();
    var reported = new ArrayList<ActorState.ReportedChange>();
    var responses = new ArrayList<Response>();
    for (var actorState : state.actorStates()) {
      responses.addAll(actorState.responses());
      received.addAll(actorState.received());
      reported.addAll(actorState.reported());
    }
    var world = transitions.world(state.world());
    var promises = transitions.promises();
    return promises
        .broken(world, received)
        .or(() -> promises.undone(world, reported))
        .or(() ->
            actors(state).isEmpty() ? promises.lost(world, received, responses) : Optional.empty());
  }

  /// One line per call, with the actor and the result.
  private String schedule(Iterable<Move> path) {
    var lines = new ArrayList<String>();
    lines.add("the schedule (%s):".formatted(scenario));
    var state = beginning();
    for (var move : path) {
      lines.add(line(state, move));
      state = step(state, move).state();
    }
    return String.join("\n", lines);
  }

  private String line(State state, Move move) {
    if (move.actor() == COPY) {
      var sender = state.copy().orElseThrow().sender();
      var transition = copied(state);
      return "  a copy, for %s: %s → %s"
          .formatted(
              sender.actor().name(), sender.waiting().orElseThrow().call(), transition.answer());
    }
    var before = state.actorStates()[move.actor()];
    var transition = transition(state, before, move);
    var actorState = begun(state, before, move);
    var begins = before.readsClock() ? "at " + state.times().get(move.time()) + " " : "";
    var response =
        transition.actorState().responses().size() > before.responses().size()
            ? ", response: " + transition.actorState().responses().getLast()
            : "";
    return "  %s%s %s: %s%s → %s%s"
        .formatted(
            begins,
            before.actor().name(),
            before.waiting().orElseThrow().request().description(),
            actorState.waiting().map(ActorState.Waiting::call).map(Object::toString).orElse(""),
            move.fault(),
            transition.answer(),
            response);
  }
}
