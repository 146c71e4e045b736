package dev.keyferry.flow;

import java.time.Instant;
import java.util.Optional;

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

  Optional<Holding> findWithStanding(KeyId id);

  /// Notes that the key was used in this hour; best effort, for people to read and for redelivery
  /// to know.
  void markUsed(KeyId id, Instant hour);
}
