package dev.keyferry.product;

import static java.lang.Boolean.TRUE;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.local.Functions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.kms.model.GenerateMacRequest;

/// A tap that records the permissions that each function's calls to DynamoDB and KMS need, in IAM's
/// terms.
public final class CallRecorder implements Functions.Tap {
  private static final Map<String, String> ARNS =
      Map.of(Tables.GRANTS, "GrantsTable.Arn", Tables.KEYS, "KeysTable.Arn");

  static final String LEADING_KEYS = "ForAllValues:StringLike dynamodb:LeadingKeys";
  public static final String ATTRIBUTES = "ForAllValues:StringEquals dynamodb:Attributes";
  public static final String RETURN_VALUES = "StringEquals dynamodb:ReturnValues";

  /// Separates such a condition from the kind of row that it applies to.
  public static final String OF = " of ";

  /// Matches an attribute in an expression, but no keyword, function, or value.
  private static final Pattern ATTRIBUTE = Pattern.compile("(?<![:\\w])[a-z][a-z_]*\\b(?!\\()");

  private final Map<String, Set<Permission>> calls = new ConcurrentHashMap<>();
  private final Set<Read> reads = ConcurrentHashMap.newKeySet();
  private final Set<ItemRequest> itemRequests = ConcurrentHashMap.newKeySet();

  /// A permission that a policy grants or a call needs.
  ///
  /// @param action such as `dynamodb:GetItem`
  /// @param condition its operator, key and value, for example which rows or which algorithm
  public record Permission(String action, String resource, String condition) {
    @Override
    public String toString() {
      return action + " on " + resource + (condition.isEmpty() ? "" : " if " + condition);
    }
  }

  /// @param action such as `GetItem`
  /// @param consistent whether it asked for a strongly consistent read; DynamoDB's default is
  ///     eventual
  public record Read(String functionId, String action, boolean consistent) {}

  /// @param rows the kind of the rows, such as `KEY#*`
  private record ItemRequest(String functionId, String rows) {}

  public Set<Read> reads() {
    return reads;
  }

  /// Whether any of the function's updates of this kind of row asks DynamoDB to return the item, on
  /// success or on refusal.
  public boolean asksForReturnedItem(String functionId, String rows) {
    return itemRequests.contains(new ItemRequest(functionId, rows));
  }

  public Set<Permission> callsOf(String functionId) {
    return calls.getOrDefault(functionId, Set.of());
  }

  @Override
  public AwsConnection tap(String functionId, AwsConnection connection) {
    var recorded = calls.computeIfAbsent(functionId, _ -> ConcurrentHashMap.newKeySet());
    ExecutionInterceptor interceptor =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution execution, ExecutionAttributes attributes) {
            permissions(execution.request()).forEach(recorded::add);
            reads(functionId, execution.request()).forEach(reads::add);
            if (execution.request() instanceof UpdateItemRequest update && asksForTheItem(update)) {
              itemRequests.add(new ItemRequest(functionId, rows(update.key())));
            }
          }
        };
    return watched(connection, interceptor);
  }

  /// The connection with one more interceptor, which sees every call.
  public static AwsConnection watched(AwsConnection connection, ExecutionInterceptor interceptor) {
    return new AwsConnection(
        connection.region(),
        connection.credentials(),
        connection.endpoint(),
        connection.http(),
        Stream.concat(connection.interceptors().stream(), Stream.of(interceptor)).toList());
  }

  /// Knows the only two kinds of read that any policy allows.
  private static Stream<Read> reads(String functionId, SdkRequest request) {
    return switch (request) {
      case GetItemRequest get ->
          Stream.of(new Read(functionId, "GetItem", TRUE.equals(get.consistentRead())));
      case BatchGetItemRequest batch ->
          batch.requestItems().values().stream()
              .map(table ->
                  new Read(functionId, "BatchGetItem", TRUE.equals(table.consistentRead())));
      default -> Stream.of();
    };
  }

  private static Stream<Permission> permissions(SdkRequest request) {
    return switch (request) {
      case GetItemRequest get -> Stream.of(on("GetItem", get.tableName(), get.key()));
      case PutItemRequest put -> Stream.of(on("PutItem", put.tableName(), put.item()));
      case UpdateItemRequest update ->
          Stream.concat(
              Stream.of(on("UpdateItem", update.tableName(), update.key())), narrowed(update));
      case BatchGetItemRequest batch ->
          batch.requestItems().entrySet().stream()
              .flatMap(table ->
                  table.getValue().keys().stream()
                      .map(key -> on("BatchGetItem", table.getKey(), key)));
      case TransactWriteItemsRequest transaction ->
          transaction.transactItems().stream().map(CallRecorder::permission);
      case QueryRequest query ->
          Stream.of(
              new Permission(
                  "dynamodb:Query",
                  ARNS.getOrDefault(query.tableName(), "") + "/index/" + query.indexName(),
                  ""));
      case GenerateMacRequest mac ->
          Stream.of(
              new Permission(
                  "kms:GenerateMac",
                  mac.keyId().equals(Shared.stack().aws().hashKey()) ? "HashKey.Arn" : mac.keyId(),
                  "StringEquals kms:MacAlgorithm " + mac.macAlgorithmAsString()));
      default -> Stream.of(new Permission(request.getClass().getSimpleName(), "", ""));
    };
  }

  /// The conditions besides the row by which a policy can narrow an update: every attribute that
  /// the update names, and how much of the item it asks DynamoDB to return. Each kind of row may
  /// have its own statement.
  private static Stream<Permission> narrowed(UpdateItemRequest update) {
    var expressions = update.updateExpression() + " " + update.conditionExpression();
    var named = ATTRIBUTE.matcher(expressions).results().map(MatchResult::group);
    // IAM finds no value if a request leaves it out, whatever DynamoDB's default is.
    var returned = Objects.requireNonNullElse(update.returnValuesAsString(), "(left out)");
    return Stream.concat(
            Stream.concat(update.key().keySet().stream(), named)
                .map(attribute -> ATTRIBUTES + " " + attribute),
            Stream.of(RETURN_VALUES + " " + returned))
        .map(condition ->
            new Permission(
                "dynamodb:UpdateItem",
                ARNS.getOrDefault(update.tableName(), update.tableName()),
                condition + OF + rows(update.key())));
  }

  private static boolean asksForTheItem(UpdateItemRequest update) {
    return isGiven(update.returnValues()) || update.returnValuesOnConditionCheckFailure() != null;
  }

  private static boolean isGiven(@Nullable ReturnValue returned) {
    return returned != null && returned != ReturnValue.NONE;
  }

  /// A transaction needs the permissions of its parts. It has no action of its own.
  private static Permission permission(TransactWriteItem item) {
    if (item.update() != null) {
      return on("UpdateItem", item.update().tableName(), item.update().key());
    }
    if (item.put() != null) {
      return on("PutItem", item.put().tableName(), item.put().item());
    }
    if (item.conditionCheck() != null) {
      return on(
          "ConditionCheckItem", item.conditionCheck().tableName(), item.conditionCheck().key());
    }
    return on("DeleteItem", item.delete().tableName(), item.delete().key());
  }

  private static Permission on(String action, String table, Map<String, AttributeValue> row) {
    return new Permission(
        "dynamodb:" + action, ARNS.getOrDefault(table, table), LEADING_KEYS + " " + rows(row));
  }

  /// The kind of row, such as `KEY#*`.
  private static String rows(Map<String, AttributeValue> row) {
    return row.getOrDefault("pk", AttributeValue.fromS("")).s().replaceFirst("#.*", "#*");
  }
}
