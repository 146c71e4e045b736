package dev.keyferry.flow;

import java.time.Instant;
import java.util.Optional;

/// The stores that the contracts hold to their promises, and the writes that no port offers yet.
public interface Stores {
  GrantStore grants();

  KeyStore keys();

  default Optional<Key> find(KeyId id) {
    return keys().findWithStanding(id).map(KeyStore.Holding::key);
  }

  /// Marks the subject's row as disabled.
  void disable(Subject subject);

  /// Notes in the subject's row when it signed out everywhere.
  void signOut(Subject subject, Instant at);

  /// Marks the key's row as revoked.
  void revoke(KeyId id, Instant at);

  /// Fresh stores in memory.
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

      @Override
      public void disable(Subject subject) {
        keys.disable(subject);
      }

      @Override
      public void signOut(Subject subject, Instant at) {
        keys.signOut(subject, at);
      }

      @Override
      public void revoke(KeyId id, Instant at) {
        keys.revoke(id, at);
      }
    };
  }
}
