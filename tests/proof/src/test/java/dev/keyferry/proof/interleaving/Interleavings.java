package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Conditions;
import dev.keyferry.proof.interleaving.Theatre.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Tries the orders in which the calls of a scenario's actors can reach the stores.
///
/// What can happen from now on depends on the rows, on the clock, on how far each actor has come,
/// on what may still go wrong and on the copy that is still under way, and on nothing else. So two
/// orders that come to the same are followed only once, and every order is covered without each
/// being walked.
final class Interleavings {
  /// @param states that can come about
  /// @param steps between them
  /// @param orders ways from the beginning to an end
  record Coverage(long states, long steps, double orders) {}

  /// A broken promise, and how it came to that.
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String promise, String schedule) {
      super(promise + "\n" + schedule, null, false, false);
    }
  }

  /// The duplicate of a call, or the call itself, under way.
  ///
  /// @param isDone whether the call itself did its work
  private record Copy(Stage sender, boolean isDone) {
    int number() {
      return sender.id() * 2 + (isDone ? 1 : 0);
    }
  }

  /// Which world it is, what times it has been, how much may still go wrong, what copy is under
  /// way, how far everybody has come, and how many of the times were over when their requests could
  /// begin.
  private static final class State {
    private final int world;
    private final List<Instant> times;
    private final int faults;
    private final Optional<Copy> copy;
    private final Stage[] stages;
    private final int[] since;

    State(
        int world,
        List<Instant> times,
        int faults,
        Optional<Copy> copy,
        Stage[] stages,
        int[] since) {
      this.world = world;
      this.times = times;
      this.faults = faults;
      this.copy = copy;
      this.stages = stages;
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

    Stage[] stages() {
      return stages;
    }

    int[] since() {
      return since;
    }

    long fingerprint() {
      var hash = mix(mix(world) + faults);
      hash = mix(hash + copy.map(Copy::number).orElse(-1));
      for (int seat = 0; seat < stages.length; seat++) {
        hash = mix(hash + stages[seat].id());
        hash = mix(hash + (stages[seat].readsClock() ? since[seat] : 0));
      }
      return hash;
    }

    /// As in SplittableRandom: states are told apart by 64 bits, and a million of them are alike by
    /// accident once in tens of millions of runs.
    private static long mix(long value) {
      var mixed = (value + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
      return mixed ^ mixed >>> 31;
    }
  }

  /// @param seat whose call reaches the store; [#COPY] for that of a duplicate
  /// @param time which of the times that it has been the request began at, if it begins with this
  private record Move(int seat, Fault fault, int time) {}

  private record Reached(State state, Optional<String> broken) {}

  /// @param before where it was reached from
  private record Trail(State state, Optional<Trail> before, Move move) {}

  private static final int COPY = -1;
  private static final Move NONE = new Move(COPY, Fault.NONE, 0);

  private final Scenario scenario;
  private final Theatre theatre;
  private final Visited visited = new Visited();
  private long steps;

  Interleavings(Scenario scenario, Conditions conditions) {
    this(scenario, new Theatre(scenario, conditions, Flaw.NONE, true));
  }

  Interleavings(Scenario scenario, Theatre theatre) {
    this.scenario = scenario;
    this.theatre = theatre;
  }

  /// Follows every order.
  Coverage all() {
    var orders = ordersFrom(beginning(), new ArrayDeque<>());
    return new Coverage(visited.size(), steps, orders);
  }

  /// A shortest order that breaks a promise, if one does.
  Optional<Broken> shortestBroken() {
    var open = new ArrayDeque<Trail>();
    open.add(new Trail(beginning(), Optional.empty(), NONE));
    while (!open.isEmpty()) {
      var trail = open.remove();
      for (var move : moves(trail.state())) {
        var reached = step(trail.state(), move);
        var next = new Trail(reached.state(), Optional.of(trail), move);
        if (reached.broken().isPresent()) {
          return reached.broken().map(promise -> new Broken(promise, schedule(moves(next))));
        }
        if (visited.add(reached.state().fingerprint())) {
          open.add(next);
        }
      }
    }
    return Optional.empty();
  }

  /// Follows one order, drawn by lot. Something goes wrong once in so many calls.
  ///
  /// @return how many steps it has
  long one(RandomGenerator random, int callsForAFault) {
    var state = beginning();
    var made = new ArrayList<Move>();
    for (var seats = seats(state); !seats.isEmpty(); seats = seats(state)) {
      var seat = seats.get(random.nextInt(seats.size()));
      var move = seat == COPY ? NONE : draw(state, seat, random, callsForAFault);
      made.add(move);
      var reached = step(state, move);
      failIfBroken(reached, made);
      state = reached.state();
    }
    return made.size();
  }

  private static List<Integer> seats(State state) {
    var seats = new ArrayList<Integer>();
    for (int seat = 0; seat < state.stages().length; seat++) {
      if (!state.stages()[seat].isDone()) {
        seats.add(seat);
      }
    }
    if (state.copy().isPresent()) {
      seats.add(COPY);
    }
    return seats;
  }

  private Move draw(State state, int seat, RandomGenerator random, int callsForAFault) {
    var stage = state.stages()[seat];
    var isBeginning = stage.readsClock();
    var time = isBeginning ? random.nextInt(state.since()[seat], state.times().size()) : 0;
    var begun =
        isBeginning ? theatre.begin(state.world(), stage, state.times().get(time)).stage() : stage;
    var moves = new ArrayList<Move>();
    addMoves(moves, state, begun, seat, time);
    return random.nextInt(callsForAFault) > 0
        ? moves.getFirst()
        : moves.get(random.nextInt(moves.size()));
  }

  private State beginning() {
    var stages = scenario.cast().stream().map(theatre::enter).toArray(Stage[]::new);
    return new State(
        theatre.number(scenario.start()),
        List.of(scenario.start().now()),
        scenario.faults(),
        Optional.empty(),
        stages,
        new int[stages.length]);
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
      throw new Broken(reached.broken().get(), schedule(path));
    }
  }

  private static List<Move> moves(Trail last) {
    var moves = new ArrayDeque<Move>();
    for (var trail = last; trail.before().isPresent(); trail = trail.before().get()) {
      moves.addFirst(trail.move());
    }
    return List.copyOf(moves);
  }

  /// What can happen next.
  ///
  /// A request looks at the clock first of all, and may then be held up for as long as it likes; so
  /// it is enough to choose, when its first call reaches a store, what time it was when it began.
  private List<Move> moves(State state) {
    var moves = new ArrayList<Move>();
    for (int seat = 0; seat < state.stages().length; seat++) {
      var stage = state.stages()[seat];
      if (stage.readsClock()) {
        for (int time = state.since()[seat]; time < state.times().size(); time++) {
          var begun = theatre.begin(state.world(), stage, state.times().get(time)).stage();
          addMoves(moves, state, begun, seat, time);
        }
      } else if (!stage.isDone()) {
        addMoves(moves, state, stage, seat, 0);
      }
    }
    if (state.copy().isPresent()) {
      moves.add(NONE);
    }
    return moves;
  }

  private void addMoves(List<Move> moves, State state, Stage stage, int seat, int time) {
    moves.add(new Move(seat, Fault.NONE, time));
    if (state.faults() > 0) {
      for (var fault : stage.faults()) {
        var isPossible = !fault.leavesCopy() || state.copy().isEmpty();
        if (isPossible && scenario.kinds().contains(fault)) {
          moves.add(new Move(seat, fault, time));
        }
      }
    }
  }

  private Reached step(State state, Move move) {
    steps++;
    if (move.seat() == COPY) {
      return reached(state, copied(state), move, Optional.empty());
    }
    var stage = state.stages()[move.seat()];
    var outcome = turn(state, stage, move);
    var copy =
        move.fault().leavesCopy()
            ? Optional.of(new Copy(begun(state, stage, move), isDone(outcome)))
            : state.copy();
    return reached(state, outcome, move, copy);
  }

  private static boolean isDone(Outcome outcome) {
    return outcome.answer() instanceof Answered.With(var value) && Stagehand.isDone(value);
  }

  private Outcome copied(State state) {
    var copy = state.copy().orElseThrow();
    return theatre.copy(state.world(), copy.sender(), copy.isDone());
  }

  private Stage begun(State state, Stage stage, Move move) {
    return stage.readsClock()
        ? theatre.begin(state.world(), stage, state.times().get(move.time())).stage()
        : stage;
  }

  private Outcome turn(State state, Stage stage, Move move) {
    if (!stage.readsClock()) {
      return theatre.step(state.world(), stage, move.fault());
    }
    var begun = theatre.begin(state.world(), stage, state.times().get(move.time()));
    var isOver = begun.stage().heard().size() > stage.heard().size();
    return isOver ? begun : theatre.step(state.world(), begun.stage(), move.fault());
  }

  private Reached reached(State state, Outcome outcome, Move move, Optional<Copy> copy) {
    var stages = state.stages();
    var since = state.since();
    var times = state.times();
    var isNew = outcome.world() != state.world();
    if (move.seat() != COPY) {
      var before = stages[move.seat()];
      stages = stages.clone();
      stages[move.seat()] = outcome.stage();
      if (before.actor().isClock()) {
        times = Stage.with(times, theatre.world(outcome.world()).now());
      }
      if (outcome.stage().heard().size() > before.heard().size()) {
        since = since.clone();
        since[move.seat()] = times.size() - 1;
      }
      isNew |= outcome.stage().got().size() > before.got().size();
      isNew |= outcome.stage().said().size() > before.said().size();
    }
    var faults = state.faults() - (move.fault() == Fault.NONE ? 0 : 1);
    var next = new State(outcome.world(), times, faults, copy, stages, since);
    var isWorse = isNew || seats(next).isEmpty();
    var broken = outcome.broken();
    return new Reached(next, broken.isEmpty() && isWorse ? brokenTogether(next) : broken);
  }

  private Optional<String> brokenTogether(State state) {
    var got = new ArrayList<Stage.Got>();
    var said = new ArrayList<Stage.Said>();
    var heard = new ArrayList<Heard>();
    for (var stage : state.stages()) {
      heard.addAll(stage.heard());
      got.addAll(stage.got());
      said.addAll(stage.said());
    }
    var world = theatre.world(state.world());
    var promises = theatre.promises();
    return promises
        .broken(world, got)
        .or(() -> promises.undone(world, said))
        .or(() -> seats(state).isEmpty() ? promises.lost(world, got, heard) : Optional.empty());
  }

  /// A line for each call: who made it, and what was answered.
  private String schedule(Iterable<Move> path) {
    var lines = new ArrayList<String>();
    lines.add("how it came to that (%s):".formatted(scenario));
    var state = beginning();
    for (var move : path) {
      lines.add(line(state, move));
      state = step(state, move).state();
    }
    return String.join("\n", lines);
  }

  private String line(State state, Move move) {
    if (move.seat() == COPY) {
      var sender = state.copy().orElseThrow().sender();
      var outcome = copied(state);
      return "  a copy, for %s: %s → %s"
          .formatted(
              sender.actor().name(), sender.waiting().orElseThrow().call(), outcome.answer());
    }
    var before = state.stages()[move.seat()];
    var outcome = turn(state, before, move);
    var stage = begun(state, before, move);
    var begins = before.readsClock() ? "at " + state.times().get(move.time()) + " " : "";
    var told =
        outcome.stage().heard().size() > before.heard().size()
            ? ", and hears " + outcome.stage().heard().getLast()
            : "";
    return "  %s%s %s: %s%s → %s%s"
        .formatted(
            begins,
            before.actor().name(),
            before.waiting().orElseThrow().request().words(),
            stage.waiting().map(Stage.Waiting::call).map(Object::toString).orElse(""),
            move.fault(),
            outcome.answer(),
            told);
  }
}
