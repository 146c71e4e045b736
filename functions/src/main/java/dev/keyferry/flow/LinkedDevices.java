package dev.keyferry.flow;

import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/// What a user has linked, and may unlink: one device, or all at once.
public final class LinkedDevices {
  private static final Comparator<Key> NEWEST_FIRST =
      Comparator.comparing((Key key) -> key.terms().createdAt()).reversed();

  private final KeyStore keys;
  private final InstantSource clock;

  public LinkedDevices(KeyStore keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /// The keys that can still be used, or still be renewed; for people to read, from an index that
  /// lags.
  public List<Key> of(Subject subject) {
    var now = now();
    var standing = keys.findStanding(subject);
    return keys.list(subject).stream()
        .filter(key -> key.revokedAt().isEmpty() && now.isBefore(key.end()))
        .filter(key -> standing.admits(key.terms().approvedAt()))
        .sorted(NEWEST_FIRST)
        .toList();
  }

  /// Whether the key was the subject's to revoke. It stays revoked; again is no error.
  public boolean unlink(Subject subject, KeyId id) {
    return keys.revoke(id, new Revoker.Owner(subject), now()) instanceof Applied<Key>;
  }

  /// Ends all that the subject agreed to until now: keys, and grants that are still to be redeemed.
  public void signOut(Subject subject) {
    keys.signOut(subject, now());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
