package dev.keyferry.product.stores;

import dev.keyferry.flow.GrantStoreContract;
import dev.keyferry.flow.Stores;
import dev.keyferry.product.Shared;

class DynamoGrantStoreTest extends GrantStoreContract {
  private static final Stores STORES = DynamoStores.at(Shared.stack().aws());

  @Override
  protected Stores stores() {
    return STORES;
  }
}
