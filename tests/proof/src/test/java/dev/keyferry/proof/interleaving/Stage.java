package dev.keyferry.proof.interleaving;

import dev.keyferry.proof.interleaving.Request.Asks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How far an actor has come. There is one of these for each way to come there, so that two can be
/// compared by their number.
final class Stage {
  /// In the middle of a request.
  ///
  /// @param calls that were made, and their answers
  record Waiting(Request request, List<Call> calls, List<Answered> answers, Call call) {
    /// What time it was when the request began, by the theatre's clock.
    ///
    /// It may be late by now, by as long as a request can take: ten seconds, for that is the
    /// functions' time-out in `template.yaml`, or for as long as the network holds a copy back.
    Instant begun() {
      if (answers.getFirst() instanceof Answered.With(Instant time)) {
        return time;
      }
      throw new IllegalStateException(request.words() + " begins with no look at the clock");
    }

    Waiting answered(Answered answer) {
      return new Waiting(request, with(calls, call), with(answers, answer), call);
    }
  }

  /// A key that was handed over.
  ///
  /// @param generation of the token that was shown for it; -1 for a code
  /// @param name whoever sends the same `Idempotency-Key`
  record Got(int generation, String name, String body) {}

  /// What somebody was told is done.
  ///
  /// @param begun when the request began
  record Said(Asks.Change change, Instant begun) {}

  private final int id;
  private final Actor actor;
  private final List<Heard> heard;
  private final List<Got> got;
  private final List<Said> said;
  private final Optional<Waiting> waiting;
  private final List<Fault> faults;
  private final Map<Answered, Stage> next = new HashMap<>();

  Stage(
      int id,
      Actor actor,
      List<Heard> heard,
      List<Got> got,
      List<Said> said,
      Optional<Waiting> waiting) {
    this.id = id;
    this.actor = actor;
    this.heard = heard;
    this.got = got;
    this.said = said;
    this.waiting = waiting;
    faults = waiting.map(Waiting::call).map(Stage::faultsOf).orElse(List.of());
  }

  private static List<Fault> faultsOf(Call call) {
    return call instanceof Call.ToStore store
        ? Fault.ANY.stream().filter(fault -> canHit(fault, store)).toList()
        : List.of();
  }

  private static boolean canHit(Fault fault, Call.ToStore call) {
    var isReading = call.isRead() || call.looking();
    var isKnown = call.isWrite() || fault.canHitAnyWrite();
    return isReading ? fault.canHitRead() : isKnown;
  }

  /// What can happen to the call that it waits for.
  List<Fault> faults() {
    return faults;
  }

  int id() {
    return id;
  }

  Actor actor() {
    return actor;
  }

  List<Heard> heard() {
    return heard;
  }

  List<Got> got() {
    return got;
  }

  List<Said> said() {
    return said;
  }

  /// Empty when the actor is done.
  Optional<Waiting> waiting() {
    return waiting;
  }

  boolean isDone() {
    return waiting.isEmpty();
  }

  boolean readsClock() {
    return waiting.filter(some -> some.call() instanceof Call.ReadClock).isPresent();
  }

  Map<Answered, Stage> next() {
    return next;
  }

  /// What the actor has, having heard this too.
  List<Got> gotWith(Request request, Heard told) {
    if (told.kind() != Heard.Kind.KEY) {
      return got;
    }
    return switch (request.asks()) {
      case Asks.Key(var name) -> with(got, new Got(-1, named(name), told.text()));
      case Asks.Refresh(var generation, var name) ->
          with(got, new Got(generation, named(name), told.text()));
      case Asks.Guess _, Asks.Entry _, Asks.Stranger _, Asks.Change _, Asks.Anything _ -> got;
    };
  }

  /// What it was told is done and shall stay so, this too.
  List<Said> saidWith(Waiting at, Heard told) {
    return at.request().asks() instanceof Asks.Change change
            && change.lasts()
            && told.kind() == Heard.Kind.DONE
        ? with(said, new Said(change, at.begun()))
        : said;
  }

  /// Who sends no `Idempotency-Key` is another each time.
  private String named(String name) {
    return name.isEmpty() ? actor.name() + " the " + heard.size() + "th time" : name;
  }

  static <T> List<T> with(List<T> list, T last) {
    var longer = new ArrayList<T>(list.size() + 1);
    longer.addAll(list);
    longer.add(last);
    return longer;
  }
}
