package dev.keyferry.lambda;

import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyHasher;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.limits.LimitStore;

/// The stores and the key-management service that a function works with.
public interface Ports {
  GrantStore grants();

  KeyStore keys();

  LimitStore limits();

  KeyHasher keyHasher();
}
