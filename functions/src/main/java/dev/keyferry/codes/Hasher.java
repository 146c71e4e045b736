package dev.keyferry.codes;

import java.security.MessageDigest;

/// HMAC-SHA-256 under subkeys that only a key-management service can derive: one for each purpose
/// and version. Without that service the rows of the tables prove nothing to anyone.
public interface Hasher {
  /// The version that new hashes are made with, 1 or more.
  int version();

  /// Fails, unchecked, while the subkey cannot be had: an outage, never a verdict.
  byte[] hmac(Purpose purpose, int version, byte[] message);

  /// Whether the subkey can be had: for what can be done without it.
  boolean isAvailable(Purpose purpose, int version);

  default Digest digest(Purpose purpose, byte[] message) {
    return Digest.of(version(), hmac(purpose, version(), message));
  }

  /// Whether what was made under a version still counts. A neighbouring version does: the previous
  /// one while old hashes live on, the next one while a rotation is being rolled out function by
  /// function.
  default boolean reaches(int version) {
    return version >= 1 && Math.abs(version - version()) <= 1;
  }

  /// Compares in constant time.
  default boolean matches(Purpose purpose, Digest stored, byte[] message) {
    return reaches(stored.version())
        && MessageDigest.isEqual(stored.bytes(), hmac(purpose, stored.version(), message));
  }
}
