package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rows of all stores, and the time.
///
/// @param barred the claims of approvals whose user was disabled at some moment since, which no row
/// says
record World(
    Map<Locator, Grant> grants, InMemoryKeyStore.Rows rows, Set<Claim> barred, Instant now) {
  World at(Instant time) {
    return new World(grants, rows, barred, time);
  }

  /// The world after a call that left these rows.
  World with(Map<Locator, Grant> grantsNow, InMemoryKeyStore.Rows rowsNow) {
    var after = new World(grantsNow, rowsNow, barred, now);
    var barredNow = new HashSet<>(barred);
    for (var grant : grantsNow.values()) {
      if (grant.state() instanceof Approved(var claim, var _, var _)
          && after.standing(claim.subject()).disabled()) {
        barredNow.add(claim);
      }
    }
    return new World(grantsNow, rowsNow, Set.copyOf(barredNow), now);
  }

  /// When the user was last enabled. An enabling that is not finished is later than everything.
  Optional<Instant> enabledAt(Subject subject) {
    return Optional.ofNullable(rows.enabledAt().get(subject));
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
