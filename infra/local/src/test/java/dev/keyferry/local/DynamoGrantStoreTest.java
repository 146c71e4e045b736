package dev.keyferry.local;

import dev.keyferry.flow.GrantStoreContract;
import dev.keyferry.flow.Stores;

class DynamoGrantStoreTest extends GrantStoreContract {
  private static final Stores STORES = DynamoStores.at(Shared.stack().aws());

  @Override
  protected Stores stores() {
    return STORES;
  }
}
