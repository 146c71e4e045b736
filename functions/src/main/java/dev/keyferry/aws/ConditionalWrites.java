package dev.keyferry.aws;

import dev.keyferry.flow.Outage;
import dev.keyferry.flow.Write;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/// Conditional writes to one table that recognize their own work.
///
/// If an answer is lost, the SDK sends the write again, and the second write then fails its own
/// condition. A refused write therefore first checks whether the item that it found is its own
/// work. A write with an unknown outcome checks that with a strong read. docs/decisions/0001.
///
/// @param <T> what an item holds
final class ConditionalWrites<T> {
  private final DynamoDbClient dynamo;
  private final String table;
  private final Function<Map<String, AttributeValue>, T> read;

  ConditionalWrites(
      DynamoDbClient dynamo, String table, Function<Map<String, AttributeValue>, T> read) {
    this.dynamo = dynamo;
    this.table = table;
    this.read = read;
  }

  /// @param mine whether an item is what exactly this write leaves behind
  Write<T> update(
      Map<String, AttributeValue> key,
      Predicate<T> mine,
      String set,
      String condition,
      Attributes values) {
    return write(
        key,
        mine,
        () ->
            read.apply(
                dynamo
                    .updateItem(update ->
                        update
                            .tableName(table)
                            .key(key)
                            .updateExpression(set)
                            .conditionExpression(condition)
                            .expressionAttributeValues(values.toMap())
                            .returnValues(ReturnValue.ALL_NEW)
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD)
                            .overrideConfiguration(Budget.forCall()))
                    .attributes()));
  }

  Write<T> write(Map<String, AttributeValue> key, Predicate<T> mine, Supplier<T> call) {
    try {
      return new Write.Applied<>(Outages.translate(call));
    } catch (ConditionalCheckFailedException refused) {
      var found = refused.hasItem() ? Optional.of(read.apply(refused.item())) : Optional.<T>empty();
      return found
          .filter(mine)
          .<Write<T>>map(Write.Applied::new)
          .orElse(new Write.Refused<>(found));
    } catch (Outage outage) {
      return resolve(outage, key, mine, Write.Applied::new);
    }
  }

  /// Finds an item with a strongly consistent read.
  Optional<T> find(Map<String, AttributeValue> key) {
    return find(key, Budget.forCall());
  }

  private Optional<T> find(
      Map<String, AttributeValue> key, AwsRequestOverrideConfiguration budget) {
    var item =
        Outages.translate(() ->
            dynamo
                .getItem(get ->
                    get.tableName(table)
                        .key(key)
                        .consistentRead(true)
                        .overrideConfiguration(budget))
                .item());
    return item.isEmpty() ? Optional.empty() : Optional.of(read.apply(item));
  }

  /// Resolves a write whose answer never came. If a strong read finds the write's own work, the
  /// write succeeded. Otherwise the outage is thrown, because the write may still take effect.
  <R> R resolve(
      Outage outage, Map<String, AttributeValue> key, Predicate<T> mine, Function<T, R> done) {
    var unknown = outage.ofWrite();
    try {
      var found = find(key, Budget.forResolvingRead()).filter(mine);
      if (found.isPresent()) {
        return done.apply(found.get());
      }
    } catch (Outage again) {
      unknown.addSuppressed(again);
    }
    throw unknown;
  }
}
