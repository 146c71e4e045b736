package dev.keyferry.flow.interleaving;

import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import java.util.function.Supplier;

/// Something wrong with the flows: what they take the stores to say, or make of an answer.
interface Flaw {
  Flaw NONE = new Flaw() {};

  default GrantStore of(GrantStore grants) {
    return grants;
  }

  default KeyStore of(KeyStore keys) {
    return keys;
  }

  /// @param flow throws [Rehearsal.StoreDown] if there was an outage
  default Heard handle(Supplier<Heard> flow) {
    return flow.get();
  }
}
