package dev.keyferry.lambda;

import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyHasher;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.limits.LimitStore;
import java.util.function.Supplier;

/// Ports with in-memory stores, for tests and benchmarks.
///
/// @param hasher called when a function first hashes
public record InMemoryPorts(
    GrantStore grants, KeyStore keys, LimitStore limits, Supplier<KeyHasher> hasher)
    implements Ports {
  @Override
  public KeyHasher keyHasher() {
    return hasher.get();
  }
}
