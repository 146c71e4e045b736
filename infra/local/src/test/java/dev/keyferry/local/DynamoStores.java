package dev.keyferry.local;

import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Stores;

/// The stores in a DynamoDB, whichever it is.
record DynamoStores(GrantStore grants, KeyStore keys) implements Stores {
  static DynamoStores at(LocalAws aws) {
    var dynamo = aws.dynamo().dynamo();
    return new DynamoStores(
        new DynamoGrantStore(dynamo, Tables.GRANTS, () -> Tables.KEYS),
        new DynamoKeyStore(dynamo, Tables.KEYS));
  }
}
