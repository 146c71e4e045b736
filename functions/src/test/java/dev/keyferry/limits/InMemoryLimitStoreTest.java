package dev.keyferry.limits;

/// Runs the contract on the in-memory store, so that the tests that use that store are valid.
final class InMemoryLimitStoreTest extends LimitStoreContract {
  private final LimitStore store = new InMemoryLimitStore();

  @Override
  protected LimitStore store() {
    return store;
  }
}
