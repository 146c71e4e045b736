package dev.keyferry.aws;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/// Several rows of a table in one strongly consistent read.
final class BatchRead {
  /// How often a batch is tried. DynamoDB throttles a batch by leaving part of it undone, and the
  /// SDK does not repeat that part.
  private static final int TRIES = 4;

  private static final Duration PAUSE = Duration.ofMillis(50);

  private BatchRead() {}

  /// The rows that exist, by partition key.
  static Map<String, Map<String, AttributeValue>> of(
      DynamoDbClient dynamo, String table, Stream<Map<String, AttributeValue>> keys) {
    var rows = new HashMap<String, Map<String, AttributeValue>>();
    var wanted =
        Map.of(table, KeysAndAttributes.builder().keys(keys.toList()).consistentRead(true).build());
    for (int tries = 0; !wanted.isEmpty(); tries++) {
      if (tries == TRIES) {
        throw Outages.unreadable("unread keys of a batch");
      }
      LockSupport.parkNanos(PAUSE.multipliedBy(tries).toNanos());
      var request = wanted;
      var answer =
          Outages.translate(() ->
              dynamo.batchGetItem(
                  get -> get.requestItems(request).overrideConfiguration(Budget.forCall())));
      for (var row : answer.responses().getOrDefault(table, List.of())) {
        rows.put(Attributes.of(row).text("pk"), row);
      }
      wanted = answer.unprocessedKeys();
    }
    return rows;
  }
}
