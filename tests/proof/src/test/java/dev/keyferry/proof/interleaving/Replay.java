package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Replays a request up to its first call without a result.
///
/// No thread waits for a result. With each new result, the request runs again from its start, gets
/// the same earlier results, and draws the same random numbers.
final class Replay {
  /// The progress of the request.
  sealed interface Result {
    record Waiting(Call call) implements Result {}

    record Finished(Response responses) implements Result {}
  }

  /// Leaves the flow until the next replay.
  private static final class Pause extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Call call;

    Pause(Call call) {
      super(null, null, false, false);
      this.call = call;
    }
  }

  /// The outage as the flow sees it.
  static final class StoreDown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreDown() {
      super(null, null, false, false);
    }
  }

  private final Flows flows;
  private final Reads reads;
  private final Flaw flaw;
  private List<CallResult> answers = List.of();
  private int responses;
  private RandomGenerator random = new SplittableRandom(0);

  Replay(Hasher hasher, Reads reads, Flaw flaw) {
    this.reads = reads;
    this.flaw = flaw;
    flows =
        Flows.over(
            proxy(GrantStore.class),
            proxy(KeyStore.class),
            hasher,
            () -> (Instant) ask(new Call.ReadClock()),
            by -> ask(new Call.Tick(by)),
            () -> random.nextLong());
  }

  Result run(Request request, List<CallResult> answersSoFar, long seed) {
    answers = answersSoFar;
    responses = 0;
    random = new SplittableRandom(seed);
    try {
      return new Result.Finished(flaw.handle(() -> request.run().apply(flows)));
    } catch (Pause pause) {
      return new Result.Waiting(pause.call);
    } catch (StoreDown outage) {
      return new Result.Finished(Response.OUTAGE);
    }
  }

  private <T> T proxy(Class<T> store) {
    return store.cast(
        Proxy.newProxyInstance(
            store.getClassLoader(),
            new Class<?>[] {store},
            (_, method, arguments) ->
                flaw.answer(new Call.ToStore(method, List.of(arguments), false), this::askStore)));
  }

  private Object askStore(Call.ToStore call) {
    return call.isNamed("findWithStanding")
        ? reads.holding(call.argument(KeyId.class).orElseThrow(), this::ask)
        : ask(call);
  }

  private Object ask(Call call) {
    var pending = call;
    while (responses < answers.size()) {
      switch (answers.get(responses++)) {
        case CallResult.With(var value) -> {
          return value;
        }
        case CallResult.Outage _ -> throw new StoreDown();
        case CallResult.Lost _ -> pending = ((Call.ToStore) call).resolve();
        case CallResult.Again _ -> pending = call;
      }
    }
    throw new Pause(pending);
  }
}
