package dev.keyferry.proof.interleaving;

import java.util.function.Function;
import java.util.function.Supplier;

/// A defect that is injected into the flows, between them and the stores or around them.
interface Flaw {
  Flaw NONE = new Flaw() {};

  /// @param ask throws [Replay.StoreDown] if there is no result
  default Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
    return ask.apply(call);
  }

  /// @param flow throws [Replay.StoreDown] if it has no response
  default Response handle(Supplier<Response> flow) {
    return flow.get();
  }
}
