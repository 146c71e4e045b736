package dev.keyferry.aws;

import dev.keyferry.flow.KeyId;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
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

  /// DynamoDB throttles a batch by leaving some of it undone, which the SDK does not repeat.
  private static final int BATCH_TRIES = 4;

  private static final Duration BATCH_PAUSE = Duration.ofMillis(50);

  /// How long to note no use after one could not be noted.
  private static final Duration NOTE_PAUSE = Duration.ofSeconds(30);

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

  private volatile long noNoteBefore = System.nanoTime();

  public DynamoKeyStore(DynamoDbClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
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
    var rows = new HashMap<String, Map<String, AttributeValue>>();
    var wanted =
        Map.of(table, KeysAndAttributes.builder().keys(keys.toList()).consistentRead(true).build());
    for (int tries = 0; !wanted.isEmpty(); tries++) {
      if (tries == BATCH_TRIES) {
        throw SdkClientException.create("DynamoDB left keys of a batch unread");
      }
      LockSupport.parkNanos(BATCH_PAUSE.multipliedBy(tries).toNanos());
      var request = wanted;
      var answer =
          dynamo.batchGetItem(
              get -> get.requestItems(request).overrideConfiguration(Budget.forCall()));
      for (var row : answer.responses().getOrDefault(table, List.of())) {
        rows.put(Attributes.of(row).text("pk"), row);
      }
      wanted = answer.unprocessedKeys();
    }
    return rows;
  }

  /// One write an hour for each key. Whatever becomes of it, the key was verified: the caller is
  /// not told.
  @Override
  public void markUsed(KeyId id, Instant hour) {
    if (System.nanoTime() - noNoteBefore < 0) {
      return;
    }
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
              .overrideConfiguration(Budget.forExtra()));
    } catch (ConditionalCheckFailedException _) {
      // Someone else noted it first.
    } catch (SdkException _) {
      // Noted at a later use; meanwhile nobody else shall wait for it.
      noNoteBefore = System.nanoTime() + NOTE_PAUSE.toNanos();
    }
  }
}
