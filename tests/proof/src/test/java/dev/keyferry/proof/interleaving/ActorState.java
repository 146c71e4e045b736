package dev.keyferry.proof.interleaving;

import dev.keyferry.proof.interleaving.Request.Asks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The progress of an actor. Each history has exactly one instance, so that two can be compared by
/// their number.
final class ActorState {
  /// A request in progress.
  ///
  /// @param calls the calls so far, and their results
  record Waiting(Request request, List<Call> calls, List<CallResult> answers, Call call) {
    /// The time at which the request began, on the model's clock.
    ///
    /// The clock may have advanced since, by as long as a request can take (ten seconds, the
    /// functions' timeout in `template.yaml`), or by as long as the network delays a copy.
    Instant begun() {
      if (answers.getFirst() instanceof CallResult.With(Instant time)) {
        return time;
      }
      throw new IllegalStateException(request.description() + " begins without reading the clock");
    }

    Waiting answered(CallResult answer) {
      return new Waiting(request, with(calls, call), with(answers, answer), call);
    }
  }

  /// An issued key.
  ///
  /// @param generation of the token that was presented for it; -1 for a code
  /// @param name equal for requests with the same `Idempotency-Key`
  record ReceivedKey(int generation, String name, String body) {
    boolean isOfCode() {
      return generation < 0;
    }

    String accessToken() {
      return body.substring(0, body.indexOf(' '));
    }
  }

  /// A change that was reported as done.
  ///
  /// @param begun when the request began
  record ReportedChange(Asks.Change change, Instant begun) {}

  private final int id;
  private final Actor actor;
  private final List<Response> responses;
  private final List<ReceivedKey> received;
  private final List<ReportedChange> reported;
  private final Optional<Waiting> waiting;
  private final List<Fault> faults;
  private final Map<CallResult, ActorState> next = new HashMap<>();

  ActorState(
      int id,
      Actor actor,
      List<Response> responses,
      List<ReceivedKey> received,
      List<ReportedChange> reported,
      Optional<Waiting> waiting) {
    this.id = id;
    this.actor = actor;
    this.responses = responses;
    this.received = received;
    this.reported = reported;
    this.waiting = waiting;
    faults = waiting.map(Waiting::call).map(ActorState::faultsOf).orElse(List.of());
  }

  private static List<Fault> faultsOf(Call call) {
    return call instanceof Call.ToStore store
        ? Fault.ANY.stream().filter(fault -> canHit(fault, store)).toList()
        : List.of();
  }

  private static boolean canHit(Fault fault, Call.ToStore call) {
    var isReading = call.isRead() || call.resolving();
    var isKnown = call.isWrite() || fault.canHitAnyWrite();
    return isReading ? fault.canHitRead() : isKnown;
  }

  /// The faults that can hit its pending call.
  List<Fault> faults() {
    return faults;
  }

  int id() {
    return id;
  }

  Actor actor() {
    return actor;
  }

  List<Response> responses() {
    return responses;
  }

  List<ReceivedKey> received() {
    return received;
  }

  List<ReportedChange> reported() {
    return reported;
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

  Map<CallResult, ActorState> next() {
    return next;
  }

  /// The issued keys, including one in this response.
  List<ReceivedKey> receivedWith(Request request, Response response) {
    if (response.kind() != Response.Kind.KEY) {
      return received;
    }
    return switch (request.asks()) {
      case Asks.Key(var name) -> with(received, new ReceivedKey(-1, named(name), response.text()));
      case Asks.Refresh(var _, var generation, var name) ->
          with(received, new ReceivedKey(generation, named(name), response.text()));
      case Asks.Guess _, Asks.Entry _, Asks.Stranger _, Asks.Change _, Asks.Anything _ -> received;
    };
  }

  /// The reported changes, including one in this response.
  List<ReportedChange> reportedWith(Waiting at, Response response) {
    return at.request().asks() instanceof Asks.Change change
            && change.lasts()
            && response.kind() == Response.Kind.DONE
        ? with(reported, new ReportedChange(change, at.begun()))
        : reported;
  }

  /// Without an `Idempotency-Key`, each request has a name of its own.
  private String named(String name) {
    return name.isEmpty() ? actor.name() + " the " + responses.size() + "th time" : name;
  }

  static <T> List<T> with(List<T> list, T last) {
    var longer = new ArrayList<T>(list.size() + 1);
    longer.addAll(list);
    longer.add(last);
    return longer;
  }
}
