package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.Map;

/// The rows of all stores, and the time.
record World(Map<Locator, Grant> grants, InMemoryKeyStore.Rows rows, Instant now) {
  World at(Instant time) {
    return new World(grants, rows, time);
  }

  Map<KeyId, Key> keys() {
    return rows.keys();
  }

  Standing standing(Subject subject) {
    return rows.standings().getOrDefault(subject, Standing.GOOD);
  }

  boolean sameRows(World other) {
    return grants.equals(other.grants) && rows.equals(other.rows);
  }
}
