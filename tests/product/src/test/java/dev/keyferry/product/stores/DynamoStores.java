package dev.keyferry.product.stores;

import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Stores;
import dev.keyferry.local.LocalAws;
import dev.keyferry.product.Tables;

/// The stores in a DynamoDB: the local one or another.
public record DynamoStores(GrantStore grants, KeyStore keys) implements Stores {
  public static DynamoStores at(LocalAws aws) {
    var dynamo = aws.dynamo().dynamo();
    return new DynamoStores(
        new DynamoGrantStore(dynamo, Tables.GRANTS, () -> Tables.KEYS),
        new DynamoKeyStore(dynamo, Tables.KEYS));
  }
}
