package dev.keyferry.product.stores;

import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.limits.LimitStore;
import dev.keyferry.limits.LimitStoreContract;
import dev.keyferry.product.Tables;

class DynamoLimitStoreTest extends LimitStoreContract {
  private static final LimitStore STORE = new DynamoLimitStore(Tables.DYNAMO, Tables.GRANTS);

  @Override
  protected LimitStore store() {
    return STORE;
  }
}
