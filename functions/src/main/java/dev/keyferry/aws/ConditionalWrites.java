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

/// Conditional writes to one table, which recognise their own work.
///
/// The SDK sends a write again when its answer is lost, and the second then fails its own
/// condition. So a refused write first looks whether what it found is its own work, and a write
/// whose outcome stayed unknown looks again with a strong read. docs/decisions/0001.
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

  /// @param mine whether an item is what this very write leaves behind
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

  /// A strong read.
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

  /// The outcome of a write whose answer never came: its own work if that is what a strong read
  /// finds, else the outage itself.
  <R> R resolve(
      Outage outage, Map<String, AttributeValue> key, Predicate<T> mine, Function<T, R> done) {
    try {
      var found = find(key, Budget.forResolvingRead()).filter(mine);
      if (found.isPresent()) {
        return done.apply(found.get());
      }
    } catch (Outage again) {
      outage.addSuppressed(again);
    }
    throw outage;
  }
}
