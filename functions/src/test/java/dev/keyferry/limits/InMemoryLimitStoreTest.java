package dev.keyferry.limits;

/// The store in memory keeps the promises of DynamoDB's, so tests that use it prove something.
final class InMemoryLimitStoreTest extends LimitStoreContract {
  private final LimitStore store = new InMemoryLimitStore();

  @Override
  protected LimitStore store() {
    return store;
  }
}
