package dev.keyferry.flow;

/// A key-management service with a root key that never leaves it.
public interface KeyHasher {
  /// How long a caller can wait.
  enum Patience {
    /// The request fails without the subkey.
    NEEDED,
    /// The request can do without it, so the call must be short.
    SPARE
  }

  /// Derives a subkey of 256 bits from a name, always the same one.
  ///
  /// @throws Outage while the service gives none
  byte[] derive(String name, Patience patience);
}
