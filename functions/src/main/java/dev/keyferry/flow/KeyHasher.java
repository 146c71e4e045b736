package dev.keyferry.flow;

/// A key-management service with a root key that never leaves it.
public interface KeyHasher {
  /// How long a caller can wait.
  enum Patience {
    /// The request fails without the subkey.
    REQUIRED,
    /// The request can do without it, so the call must be short.
    OPTIONAL
  }

  /// Derives a subkey of 256 bits from a name. The same name always gives the same subkey.
  ///
  /// @throws Outage if the service returns no subkey
  byte[] derive(String name, Patience patience);
}
