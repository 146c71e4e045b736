package dev.keyferry.flow;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Keys at rest. Reads are strongly consistent; an outage is an unchecked exception.
public interface KeyStore {
  /// A key and the standing of its subject.
  record Holding(Key key, Standing standing) {}

  /// Whether a subject's keys are good at all.
  ///
  /// @param signedOutAt when the subject last signed out everywhere: what is older is dead
  record Standing(boolean disabled, Optional<Instant> signedOutAt) {
    public static final Standing GOOD = new Standing(false, Optional.empty());

    /// Whether something agreed to at that time still stands.
    public boolean admits(Instant agreedAt) {
      return !disabled && signedOutAt.map(agreedAt::isAfter).orElse(true);
    }
  }

  Standing findStanding(Subject subject);

  /// Puts the next generation in the place of the one that it calls previous, if that is the
  /// present one, by its refresh token and its seal, the client is the key's, and the key is
  /// renewable and not revoked.
  Write<Key> renew(KeyId id, String clientId, Key.Generation next);

  /// Revokes, for good. A key that is revoked stays so since when it was.
  Write<Key> revoke(KeyId id, Revoker revoker, Instant now);

  /// Who revokes, and what must hold for it.
  sealed interface Revoker {
    /// The user whose key it is.
    record Owner(Subject subject) implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return key.terms().subject().equals(subject);
      }
    }

    /// Whoever holds one of the key's tokens, by its hash, at the client it was issued to.
    record Holder(String clientId, Digest token) implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return key.terms().clientId().equals(clientId) && key.tokenHashes().anyMatch(token::equals);
      }
    }

    /// This server, which has seen enough.
    record Server() implements Revoker {
      @Override
      public boolean mayRevoke(Key key) {
        return true;
      }
    }

    boolean mayRevoke(Key key);
  }

  /// The newest of the subject's keys that are wanted; from an index that lags behind, so for
  /// people to read and nothing else. No more than [#LISTING_PAGES] times as many are looked at.
  Listing list(Subject subject, Predicate<Key> wanted, int most);

  int LISTING_PAGES = 50;

  /// @param keys the newest first
  /// @param more whether there are others, or may be
  /// @param unreadable how many rows were passed over because they cannot be read
  record Listing(List<Key> keys, boolean more, int unreadable) {}

  /// Ends every key that the subject agreed to until now, and every grant.
  void signOut(Subject subject, Instant now);

  /// Whether a subject is disabled, and which attempt last changed that.
  record Disablement(boolean disabled, Optional<String> by) {
    public static final Disablement NEVER = new Disablement(false, Optional.empty());
  }

  Disablement findDisablement(Subject subject);

  /// Disables a subject that is enabled, and enables one that is disabled, unless that was changed
  /// since it was seen.
  ///
  /// @param attempt names this one, so that it recognises its own work
  Write<Disablement> reverse(Subject subject, Disablement seen, Instant now, String attempt);

  Optional<Holding> findWithStanding(KeyId id);

  /// Notes that the key was used in this hour; best effort, for people to read and for redelivery
  /// to know.
  void markUsed(KeyId id, Instant hour);
}
