package dev.keyferry.product;

import dev.keyferry.codes.DeviceCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The tables of the shared stack, read with full access.
public final class Tables {
  public static final String GRANTS = "Grants";
  public static final String KEYS = "Keys";

  public static final DynamoDbClient DYNAMO = Shared.stack().aws().dynamo().dynamo();

  private Tables() {}

  public static Stream<Map<String, AttributeValue>> rows(String table) {
    return DYNAMO.scanPaginator(scan -> scan.tableName(table)).items().stream();
  }

  /// An attribute as text; empty if the row does not have it.
  public static String text(Map<String, AttributeValue> row, String attribute) {
    return Optional.ofNullable(row.get(attribute)).map(AttributeValue::s).orElse("");
  }

  public static long number(Map<String, AttributeValue> row, String attribute) {
    return Long.parseLong(Objects.requireNonNull(row.get(attribute)).n());
  }

  /// The generation number of each of the subject's devices.
  public static List<String> generationsOf(String subject) {
    return keyRowsOf(subject).stream()
        .map(row -> Optional.ofNullable(row.get("generation")).map(AttributeValue::n).orElse(""))
        .toList();
  }

  public static Map<String, AttributeValue> grant(String deviceCode) {
    var key = DeviceCode.parse(deviceCode).orElseThrow().locator().qualified();
    return DYNAMO
        .getItem(get ->
            get.tableName(GRANTS).key(Map.of("pk", AttributeValue.fromS(key))).consistentRead(true))
        .item();
  }

  public static List<Map<String, AttributeValue>> keyRowsOf(String subject) {
    return DYNAMO
        .queryPaginator(query ->
            query
                .tableName(KEYS)
                .indexName("by-subject")
                .keyConditionExpression("subject = :subject")
                .expressionAttributeValues(Map.of(":subject", AttributeValue.fromS(subject))))
        .items()
        .stream()
        .toList();
  }
}
