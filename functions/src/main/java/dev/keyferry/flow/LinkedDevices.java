package dev.keyferry.flow;

import dev.keyferry.flow.KeyStore.Listing;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/// What a user has linked, and may unlink: one device, or all at once.
public final class LinkedDevices {
  /// More than anyone reads. Who has more sees the others when some of these are unlinked.
  static final int MOST_LISTED = 200;

  private final KeyStore keys;
  private final InstantSource clock;

  public LinkedDevices(KeyStore keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /// The keys that can still be used, or still be renewed, the newest of them; for people to read,
  /// from an index that lags.
  public Listing of(Subject subject) {
    var now = now();
    var standing = keys.findStanding(subject);
    return keys.list(
        subject,
        key ->
            key.revokedAt().isEmpty()
                && now.isBefore(key.end())
                && standing.admits(key.terms().approvedAt()),
        MOST_LISTED);
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
