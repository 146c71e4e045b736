package dev.keyferry.flow;

/// The store in memory keeps the promises of DynamoDB's, so tests that use it prove something.
final class InMemoryKeyStoreTest extends KeyStoreContract {
  private final Stores stores = Stores.inMemory();

  @Override
  protected Stores stores() {
    return stores;
  }
}
