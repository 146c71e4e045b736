package dev.keyferry.aws;

import dev.keyferry.flow.Outage;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.limits.Limit.Window;
import dev.keyferry.limits.LimitStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/// Counts in the grants table, whose TTL also deletes them. Each window is one row, and each count
/// is one write.
public final class DynamoLimitStore implements LimitStore {
  private final ConditionalWrites<Row> rows;
  private final DynamoDbClient dynamo;
  private final String table;

  public DynamoLimitStore(DynamoDbClient dynamo, String table) {
    rows = new ConditionalWrites<>(dynamo, table, DynamoLimitStore::read);
    this.dynamo = dynamo;
    this.table = table;
  }

  /// @param hits attempts that are counted for good
  /// @param last the attempt that counted last
  /// @param tries attempts that are counted and may be released
  private record Row(long hits, Optional<String> last, List<String> tries) {}

  @Override
  public boolean count(Window window, String attempt) {
    return rows.update(
            key(window),
            found -> found.last().equals(Optional.of(attempt)),
            "ADD hits :one SET last_hit = :attempt, purge_at = :purge_at",
            "attribute_not_exists(hits) OR (hits < :most AND last_hit <> :attempt)",
            Attributes.none()
                .put(":one", 1)
                .put(":most", window.limit().most())
                .put(":attempt", attempt)
                .put(":purge_at", window.end().getEpochSecond()))
        instanceof Applied<Row>;
  }

  @Override
  public boolean isFull(Window window) {
    var item =
        Outages.translate(() ->
            dynamo
                .getItem(get ->
                    get.tableName(table)
                        .key(key(window))
                        .consistentRead(true)
                        .overrideConfiguration(Budget.forCall()))
                .item());
    return !item.isEmpty() && read(item).hits() >= window.limit().most();
  }

  /// Keeps a set of attempts, not a number: adding or removing the same attempt again changes
  /// nothing.
  @Override
  public boolean reserve(Window window, String attempt) {
    return rows.update(
            key(window),
            found -> found.tries().contains(attempt),
            "ADD tries :attempts SET purge_at = :purge_at",
            "attribute_not_exists(tries) OR size(tries) < :most",
            Attributes.none()
                .putSet(":attempts", attempt)
                .put(":most", window.limit().most())
                .put(":purge_at", window.end().getEpochSecond()))
        instanceof Applied<Row>;
  }

  @Override
  public void release(Window window, String attempt) {
    try {
      Outages.translate(() ->
          dynamo.updateItem(update ->
              update
                  .tableName(table)
                  .key(key(window))
                  .updateExpression("DELETE tries :attempts")
                  .conditionExpression("attribute_exists(pk)")
                  .expressionAttributeValues(Attributes.none().putSet(":attempts", attempt).toMap())
                  .overrideConfiguration(Budget.forExtra())));
    } catch (ConditionalCheckFailedException _) {
      // The row is gone, and the count with it.
    } catch (Outage _) {
      // The right code counts as a wrong one until the window ends. Its user is not told.
    }
  }

  private static Row read(Map<String, AttributeValue> attributes) {
    return Attributes.read(
        attributes,
        item ->
            new Row(
                item.has("hits") ? item.number("hits") : 0,
                item.optionalText("last_hit"),
                item.set("tries")));
  }

  /// Ends in the window's number, so no two windows share a row, whatever the subject or network contains.
  public static String partitionKey(Window window) {
    return "LIMIT#"
        + window.limit().name()
        + "#"
        + window.subjectOrNetwork()
        + "#"
        + window.number();
  }

  private static Map<String, AttributeValue> key(Window window) {
    return Map.of("pk", AttributeValue.fromS(partitionKey(window)));
  }
}
