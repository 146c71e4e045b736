package dev.keyferry.aws;

import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyId;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/// Keys in DynamoDB. A key and its subject's standing come in one strong read: whose key it is
/// never changes, so this environment remembers it, and only a key's first verification here needs
/// a second request. docs/decisions/0005.
public final class DynamoKeyStore implements KeyStore {
  private static final int REMEMBERED = 10_000;

  private final DynamoDbClient dynamo;
  private final String table;
  private final Map<KeyId, Subject> subjects =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<KeyId, Subject> eldest) {
              return size() > REMEMBERED;
            }
          });

  public DynamoKeyStore(DynamoDbClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
  }

  @Override
  public Optional<Key> find(KeyId id) {
    var item =
        dynamo
            .getItem(get ->
                get.tableName(table)
                    .key(KeyItem.key(id))
                    .consistentRead(true)
                    .overrideConfiguration(Budget.forCall()))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(KeyItem.read(item));
  }

  @Override
  public Optional<Holding> findWithStanding(KeyId id) {
    var remembered = Optional.ofNullable(subjects.get(id));
    var rows =
        read(Stream.concat(Stream.of(KeyItem.key(id)), remembered.stream().map(KeyItem::key)));
    return Optional.ofNullable(rows.get(id.partitionKey()))
        .map(KeyItem::read)
        .map(key -> {
          var subject = key.subject();
          if (!remembered.equals(Optional.of(subject))) {
            rows.putAll(read(Stream.of(KeyItem.key(subject))));
            subjects.put(id, subject);
          }
          return new Holding(key, standing(rows.get(subject.partitionKey())));
        });
  }

  private static Standing standing(@Nullable Map<String, AttributeValue> row) {
    return row == null ? Standing.GOOD : KeyItem.readStanding(row);
  }

  /// The rows there are, by partition key.
  private Map<String, Map<String, AttributeValue>> read(Stream<Map<String, AttributeValue>> keys) {
    var wanted = KeysAndAttributes.builder().keys(keys.toList()).consistentRead(true).build();
    var answer =
        dynamo.batchGetItem(
            get -> get.requestItems(Map.of(table, wanted)).overrideConfiguration(Budget.forCall()));
    if (!answer.unprocessedKeys().isEmpty()) {
      throw SdkClientException.create("DynamoDB left keys of a batch unread");
    }
    return answer.responses().getOrDefault(table, List.of()).stream()
        .collect(Collectors.toMap(row -> Attributes.of(row).text("pk"), row -> row));
  }

  /// One write an hour for each key. Whatever becomes of it, the key was verified: the caller is
  /// not told.
  @Override
  public void markUsed(KeyId id, Instant hour) {
    try {
      dynamo.updateItem(update ->
          update
              .tableName(table)
              .key(KeyItem.key(id))
              .updateExpression("SET last_used_at = :hour")
              .conditionExpression(
                  "attribute_exists(pk)"
                      + " AND (attribute_not_exists(last_used_at) OR last_used_at < :hour)")
              .expressionAttributeValues(Attributes.none().with(":hour", hour).toMap())
              .overrideConfiguration(Budget.forCall()));
    } catch (ConditionalCheckFailedException _) {
      // Someone else noted it first.
    } catch (SdkException _) {
      // Noted at the next use.
    }
  }
}
