package dev.keyferry.flow;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Stored keys. Reads are strongly consistent. An outage is an unchecked exception.
public interface KeyStore {
  /// A key and the standing of its subject.
  record KeyAndStanding(Key key, Standing standing) {}

  /// Whether a subject's keys work at all.
  ///
  /// @param signedOutAt when the subject last signed out everywhere; anything older no longer works
  record Standing(boolean disabled, Optional<Instant> signedOutAt) {
    public static final Standing GOOD = new Standing(false, Optional.empty());

    /// Whether an approval from this time still stands.
    public boolean admits(Instant agreedAt) {
      return !disabled && signedOutAt.map(agreedAt::isAfter).orElse(true);
    }
  }

  Standing findStanding(Subject subject);

  /// Replaces the present generation with its successor, or with another branch of its parent. The
  /// present one must be the one that was seen (by refresh token and seal), the client must be the
  /// key's, the key must be renewable and not revoked, and the generation that the token belongs to
  /// must not be idle for too long. A branch replaces only a generation that is not confirmed.
  Write<Key> renew(KeyId id, String clientId, Key.Generation seen, Key.Generation next);

  /// Stores that the present generation is confirmed, and the hour of this use, if the present
  /// generation is still this one and no later use is noted.
  ///
  /// @return false if the outcome is unknown. The caller can do without it
  boolean confirm(KeyId id, Key.Generation confirmed, Instant hour);

  /// Revokes the key for good. A key that is already revoked keeps its time of revocation.
  Write<Key> revoke(KeyId id, Revoker revoker, Instant now);

  /// The party that revokes a key, and the condition that it must meet.
  sealed interface Revoker {
    /// The user who owns the key.
    record Owner(Subject subject) implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return key.terms().subject().equals(subject);
      }
    }

    /// The holder of one of the key's tokens, at the client that the key was issued to.
    ///
    /// @param token the hash of the token
    record Holder(String clientId, Digest token) implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return key.terms().clientId().equals(clientId) && key.tokenHashes().anyMatch(token::equals);
      }
    }

    /// This server, which has already checked that the key must end.
    record Server() implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return true;
      }
    }

    boolean mayRevoke(Key key);
  }

  /// Lists the newest of the subject's wanted keys. The index lags behind, so the list is only for
  /// people to read. The store looks at no more than [#LISTING_PAGES] times `most` keys.
  Listing list(Subject subject, Predicate<Key> wanted, int most);

  int LISTING_PAGES = 50;

  /// @param keys newest first
  /// @param more whether there are others, or may be
  /// @param unreadable how many rows were skipped because they are unreadable
  record Listing(List<Key> keys, boolean more, int unreadable) {}

  /// Ends every key and every grant that the subject agreed to until now.
  void signOut(Subject subject, Instant now);

  /// Whether a subject is disabled, and which attempt last changed that.
  ///
  /// @param enabledAt when the subject was last enabled; an approval on a screen that was open then
  /// never becomes a key
  record Disablement(boolean disabled, Optional<Instant> enabledAt, Optional<String> by) {
    /// The time of an enabling that is not finished. It is later than every approval.
    public static final Instant ENABLING = Instant.ofEpochMilli(Long.MAX_VALUE);

    public static final Disablement NEVER =
        new Disablement(false, Optional.empty(), Optional.empty());

    /// Whether this attempt has enabled the subject, and the enabling is finished.
    public boolean isEnabledBy(String attempt) {
      return !disabled && !isBeingEnabled() && by.equals(Optional.of(attempt));
    }

    /// Whether the subject's keys work again, but no approval counts yet.
    public boolean isBeingEnabled() {
      return !disabled && enabledAt.equals(Optional.of(ENABLING));
    }
  }

  Disablement findDisablement(Subject subject);

  /// Disables an enabled subject, and begins to enable a disabled one, unless that was changed since
  /// it was seen.
  ///
  /// @param attempt names this change, so that the store recognizes its own work
  Write<Disablement> toggleDisabled(Subject subject, Disablement seen, Instant now, String attempt);

  /// Finishes an enabling, unless it is finished already or something changed since. From now on,
  /// approvals count if their screen opens after this time.
  ///
  /// @param attempt the one that began the enabling
  /// @param now a time after the enabling had begun
  Write<Disablement> finishEnabling(Subject subject, String attempt, Instant now);

  Optional<KeyAndStanding> findWithStanding(KeyId id);

  /// Notes that the key was used in this hour, for people to read and for redelivery to check. This
  /// is best effort.
  void markUsed(KeyId id, Instant hour);
}
