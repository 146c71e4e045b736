package dev.keyferry.flow;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Listing;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;

/// A user's linked devices. The user can unlink one of them, or all at once.
public final class LinkedDevices {
  /// More than anyone reads. A user with more devices sees the others after unlinking some of
  /// these.
  static final int MOST_LISTED = 200;

  private final KeyStore keys;
  private final Environment environment;

  public LinkedDevices(KeyStore keys, Environment environment) {
    this.keys = keys;
    this.environment = environment;
  }

  /// The newest keys that can still be used or renewed, for people to read, from an index that
  /// lags. An unreadable row hides none of the others, and is recorded for the operator.
  public Listing of(Subject subject) {
    var now = environment.now();
    var standing = keys.findStanding(subject);
    var listing =
        keys.list(
            subject,
            key ->
                key.revokedAt().isEmpty()
                    && now.isBefore(key.end())
                    && standing.admits(key.terms().approvedAt()),
            MOST_LISTED);
    if (listing.unreadable() > 0) {
      environment.record(Event.of(Kind.ROW_UNREADABLE, subject));
    }
    return listing;
  }

  /// Revokes the key, and returns whether the subject owned it. A repeated call is no error, and
  /// the key stays revoked.
  public boolean unlink(Subject subject, KeyId id) {
    var now = environment.now();
    return switch (keys.revoke(id, new Revoker.Owner(subject), now)) {
      case Applied(var key) -> {
        if (key.wasRevokedAt(now)) {
          environment.record(Event.of(Kind.REVOKED, key).with("by", "owner"));
        }
        yield true;
      }
      case Refused<Key> _ -> false;
    };
  }

  /// Ends everything that the subject agreed to until now: keys, and grants that are not redeemed
  /// yet.
  public void signOut(Subject subject) {
    keys.signOut(subject, environment.now());
    environment.record(Event.of(Kind.SIGNED_OUT, subject));
  }
}
