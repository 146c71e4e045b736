package dev.keyferry.local;

import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyId;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Stores;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The stores in a DynamoDB, whichever it is.
record DynamoStores(DynamoDbClient dynamo, GrantStore grants, KeyStore keys) implements Stores {
  static DynamoStores at(LocalAws aws) {
    var dynamo = aws.dynamo().dynamo();
    return new DynamoStores(
        dynamo,
        new DynamoGrantStore(dynamo, Tables.GRANTS, Tables.KEYS),
        new DynamoKeyStore(dynamo, Tables.KEYS));
  }

  @Override
  public void disable(Subject subject) {
    set(subject.partitionKey(), "disabled_at", Instant.EPOCH);
  }

  @Override
  public void signOut(Subject subject, Instant at) {
    set(subject.partitionKey(), "signed_out_at", at);
  }

  @Override
  public void revoke(KeyId id, Instant at) {
    set(id.partitionKey(), "revoked_at", at);
  }

  private void set(String partitionKey, String attribute, Instant at) {
    dynamo.updateItem(update ->
        update
            .tableName(Tables.KEYS)
            .key(Map.of("pk", AttributeValue.fromS(partitionKey)))
            .updateExpression("SET " + attribute + " = :at")
            .expressionAttributeValues(
                Map.of(":at", AttributeValue.fromN(Long.toString(at.toEpochMilli())))));
  }
}
