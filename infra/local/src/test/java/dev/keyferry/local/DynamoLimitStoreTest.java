package dev.keyferry.local;

import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.limits.LimitStore;
import dev.keyferry.limits.LimitStoreContract;

class DynamoLimitStoreTest extends LimitStoreContract {
  private static final LimitStore STORE = new DynamoLimitStore(Tables.DYNAMO, Tables.GRANTS);

  @Override
  protected LimitStore store() {
    return STORE;
  }
}
