package dev.keyferry.flow;

/// Runs the contract on the in-memory store, so that the tests that use that store are valid.
final class InMemoryGrantStoreTest extends GrantStoreContract {
  private final Stores stores = Stores.inMemory();

  @Override
  protected Stores stores() {
    return stores;
  }
}
