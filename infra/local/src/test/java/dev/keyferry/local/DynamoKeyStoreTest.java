package dev.keyferry.local;

import dev.keyferry.flow.KeyStoreContract;
import dev.keyferry.flow.Stores;

class DynamoKeyStoreTest extends KeyStoreContract {
  private static final Stores STORES = DynamoStores.at(Shared.stack().aws());

  @Override
  protected Stores stores() {
    return STORES;
  }
}
