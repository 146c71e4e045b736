package dev.keyferry.codes;

import java.security.MessageDigest;

/// HMAC-SHA-256 under subkeys that only a key-management service can derive, one for each purpose
/// and version. Without that service, the rows of the tables prove nothing.
public interface Hasher {
  /// The version that new hashes are made with, 1 or more.
  int version();

  /// The MAC of a message. Throws an unchecked exception while the subkey is unavailable. That is
  /// an outage, never a verdict.
  byte[] hmac(Purpose purpose, int version, byte[] message);

  /// Whether the subkey is available. Ask this only for work that can be left out.
  boolean isAvailable(Purpose purpose, int version);

  default Digest digest(Purpose purpose, byte[] message) {
    return Digest.of(version(), hmac(purpose, version(), message));
  }

  /// Whether a hash of this version still counts. Those of the neighboring versions do: the
  /// previous version while old hashes remain, and the next version while a rotation reaches one
  /// function after another.
  default boolean reaches(int version) {
    return version >= 1 && Math.abs(version - version()) <= 1;
  }

  /// Compares in constant time.
  default boolean matches(Purpose purpose, Digest stored, byte[] message) {
    return reaches(stored.version())
        && MessageDigest.isEqual(stored.bytes(), hmac(purpose, stored.version(), message));
  }
}
