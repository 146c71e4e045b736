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

/// Runs a request up to the call that has not been answered yet.
///
/// No thread waits for an answer: with each new one the request is run again from its start, hears
/// again what it heard before, and draws the same random numbers.
final class Rehearsal {
  /// How far the request comes.
  sealed interface Result {
    record Waiting(Call call) implements Result {}

    record Finished(Heard heard) implements Result {}
  }

  /// Leaves the flow, for now.
  private static final class Pause extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Call call;

    Pause(Call call) {
      super(null, null, false, false);
      this.call = call;
    }
  }

  /// What the flow sees of an outage.
  static final class StoreDown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreDown() {
      super(null, null, false, false);
    }
  }

  private final Flows flows;
  private final Reads reads;
  private final Flaw flaw;
  private List<Answered> answers = List.of();
  private int heard;
  private RandomGenerator random = new SplittableRandom(0);

  Rehearsal(Hasher hasher, Reads reads, Flaw flaw) {
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

  Result run(Request request, List<Answered> answersSoFar, long seed) {
    answers = answersSoFar;
    heard = 0;
    random = new SplittableRandom(seed);
    try {
      return new Result.Finished(flaw.handle(() -> request.run().apply(flows)));
    } catch (Pause pause) {
      return new Result.Waiting(pause.call);
    } catch (StoreDown outage) {
      return new Result.Finished(Heard.OUTAGE);
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
    while (heard < answers.size()) {
      switch (answers.get(heard++)) {
        case Answered.With(var value) -> {
          return value;
        }
        case Answered.Outage _ -> throw new StoreDown();
        case Answered.Lost _ -> pending = ((Call.ToStore) call).look();
        case Answered.Again _ -> pending = call;
      }
    }
    throw new Pause(pending);
  }
}
