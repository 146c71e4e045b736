package dev.keyferry.product.template;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.local.Functions;
import dev.keyferry.product.CallRecorder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.awssdk.services.kms.model.GenerateMacRequest;

/// Adds up the units that AWS bills for the calls that pass. DynamoDB reports the units of a write,
/// except of a refused one. A refused write costs as much as writing the item that it found.
/// DynamoDB Local counts an absent row as no read, as AWS does. No row here is larger than the 4 KB
/// of one unit.
final class Meter implements Functions.Tap {
  private static final int WRITE_UNIT = 1024;

  private Usage usage = Usage.NONE;

  /// @param requests to DynamoDB
  /// @param reads read units
  /// @param writes write units, by table
  /// @param macs requests to KMS
  record Usage(int requests, double reads, Map<String, Double> writes, int macs) {
    static final Usage NONE = new Usage(0, 0, Map.of(), 0);

    Usage plus(Usage other) {
      return new Usage(
          requests + other.requests,
          reads + other.reads,
          Meter.sums(Stream.of(writes, other.writes)),
          macs + other.macs);
    }

    double allWrites() {
      return writes.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static Usage read(double units) {
      return new Usage(1, units, Map.of(), 0);
    }

    private static Usage written(Map<String, Double> units) {
      return new Usage(1, 0, units, 0);
    }
  }

  /// Returns the usage since the last call.
  synchronized Usage take() {
    var used = usage;
    usage = Usage.NONE;
    return used;
  }

  private synchronized void add(Usage used) {
    usage = usage.plus(used);
  }

  @Override
  public AwsConnection tap(String functionId, AwsConnection connection) {
    return CallRecorder.watched(connection, new Reader());
  }

  private final class Reader implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      var total = ReturnConsumedCapacity.TOTAL;
      return switch (context.request()) {
        case PutItemRequest put -> put.toBuilder().returnConsumedCapacity(total).build();
        case UpdateItemRequest update -> update.toBuilder().returnConsumedCapacity(total).build();
        case TransactWriteItemsRequest all -> all.toBuilder().returnConsumedCapacity(total).build();
        default -> context.request();
      };
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      add(
          switch (context.response()) {
            case PutItemResponse put -> Usage.written(units(List.of(put.consumedCapacity())));
            case UpdateItemResponse update ->
                Usage.written(units(List.of(update.consumedCapacity())));
            case TransactWriteItemsResponse all -> Usage.written(units(all.consumedCapacity()));
            default -> asked(context.request());
          });
    }

    @Override
    public void onExecutionFailure(
        Context.FailedExecution context, ExecutionAttributes attributes) {
      if (!(context.exception() instanceof ConditionalCheckFailedException refused
          && context.request() instanceof UpdateItemRequest update)) {
        throw new IllegalStateException("not metered", context.exception());
      }
      var units = Math.max(1, Math.ceilDiv(size(refused.item()), WRITE_UNIT));
      add(Usage.written(Map.of(update.tableName(), (double) units)));
    }
  }

  private static Usage asked(SdkRequest request) {
    return switch (request) {
      case GetItemRequest get -> Usage.read(units(get.consistentRead(), 1));
      case BatchGetItemRequest batch ->
          Usage.read(
              batch.requestItems().values().stream()
                  .mapToDouble(table -> units(table.consistentRead(), table.keys().size()))
                  .sum());
      case GenerateMacRequest _ -> new Usage(0, 0, Map.of(), 1);
      default -> throw new IllegalStateException("not metered: " + request.getClass());
    };
  }

  private static double units(Boolean consistent, int rows) {
    return Boolean.TRUE.equals(consistent) ? rows : rows / 2.0;
  }

  private static Map<String, Double> units(Collection<ConsumedCapacity> consumed) {
    return sums(consumed.stream().map(table -> Map.of(table.tableName(), table.capacityUnits())));
  }

  private static Map<String, Double> sums(Stream<Map<String, Double>> parts) {
    return parts
        .flatMap(part -> part.entrySet().stream())
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, Double::sum));
  }

  /// The size of names and values as DynamoDB counts them: a text has its bytes, a number about one
  /// byte for two digits, a list its elements and a byte for each.
  private static int size(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .mapToInt(attribute -> attribute.getKey().length() + size(attribute.getValue()))
        .sum();
  }

  private static int size(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s().getBytes(StandardCharsets.UTF_8).length;
      case N -> value.n().length() / 2 + 2;
      case L -> 3 + value.l().stream().mapToInt(element -> 1 + size(element)).sum();
      case BOOL -> 1;
      default -> throw new IllegalStateException("not metered: " + value.type());
    };
  }
}
