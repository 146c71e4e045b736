package dev.keyferry.proof.interleaving;

import java.util.function.Function;
import java.util.function.Supplier;

/// Something wrong with the flows: what they take a store to say, or make of it.
interface Flaw {
  Flaw NONE = new Flaw() {};

  /// @param ask throws [Rehearsal.StoreDown] if there is no answer
  default Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
    return ask.apply(call);
  }

  /// @param flow throws [Rehearsal.StoreDown] if it came to no answer
  default Heard handle(Supplier<Heard> flow) {
    return flow.get();
  }
}
