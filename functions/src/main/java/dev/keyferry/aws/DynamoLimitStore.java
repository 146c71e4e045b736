package dev.keyferry.aws;

import dev.keyferry.flow.Limit.Window;
import dev.keyferry.flow.LimitStore;
import dev.keyferry.flow.Write.Applied;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Counts in the table of grants, whose TTL also takes them: a row for each window, and one write
/// for each count.
public final class DynamoLimitStore implements LimitStore {
  private final ConditionalWrites<Row> rows;
  private final DynamoDbClient dynamo;
  private final String table;

  public DynamoLimitStore(DynamoDbClient dynamo, String table) {
    rows = new ConditionalWrites<>(dynamo, table, DynamoLimitStore::read);
    this.dynamo = dynamo;
    this.table = table;
  }

  /// @param last the attempt that counted last
  private record Row(long hits, String last) {}

  @Override
  public boolean count(Window window, String attempt) {
    return rows.update(
            key(window),
            found -> found.last().equals(attempt),
            "ADD hits :one SET last_hit = :attempt, purge_at = :purge_at",
            "attribute_not_exists(pk) OR (hits < :most AND last_hit <> :attempt)",
            Attributes.none()
                .with(":one", 1)
                .with(":most", window.limit().most())
                .with(":attempt", attempt)
                .with(":purge_at", window.end().getEpochSecond()))
        instanceof Applied<Row>;
  }

  @Override
  public boolean anyFull(List<Window> windows) {
    if (windows.isEmpty()) {
      return false;
    }
    var found = BatchRead.of(dynamo, table, windows.stream().map(DynamoLimitStore::key));
    return windows.stream()
        .anyMatch(window ->
            Stream.ofNullable(found.get(window.partitionKey()))
                .anyMatch(row -> read(row).hits() >= window.limit().most()));
  }

  private static Row read(Map<String, AttributeValue> attributes) {
    return Attributes.read(attributes, item -> new Row(item.number("hits"), item.text("last_hit")));
  }

  private static Map<String, AttributeValue> key(Window window) {
    return Map.of("pk", AttributeValue.fromS(window.partitionKey()));
  }
}
