package dev.keyferry.flow;

import dev.keyferry.codes.KeyId;
import java.util.Optional;

/// The stores that the contracts test.
public interface Stores {
  GrantStore grants();

  KeyStore keys();

  default Optional<Key> find(KeyId id) {
    return keys().findWithStanding(id).map(KeyStore.KeyAndStanding::key);
  }

  /// New stores in memory.
  static Stores inMemory() {
    var keys = new InMemoryKeyStore();
    var grants = new InMemoryGrantStore(keys);
    return new Stores() {
      @Override
      public GrantStore grants() {
        return grants;
      }

      @Override
      public KeyStore keys() {
        return keys;
      }
    };
  }
}
