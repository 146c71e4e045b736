package dev.keyferry.product.stores;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.KeyStoreContract;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Stores;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoKeyStoreTest extends KeyStoreContract {
  private static final Stores STORES = DynamoStores.at(Shared.stack().aws());

  @Override
  protected Stores stores() {
    return STORES;
  }

  @Test
  void a_disabled_row_without_an_author_can_be_lifted() {
    var subject = Samples.subject();
    Tables.DYNAMO.updateItem(update ->
        update
            .tableName(Tables.KEYS)
            .key(Map.of("pk", AttributeValue.fromS("SUBJECT#" + subject.value())))
            .updateExpression("SET disabled_at = :at")
            .expressionAttributeValues(Map.of(":at", AttributeValue.fromN("1"))));

    assertThat(Samples.disabling(STORES.keys()).enable(subject)).isTrue();

    assertThat(STORES.keys().findStanding(subject)).isEqualTo(Standing.GOOD);
  }

  /// The version before issues wrote none, and renews a key without looking at one.
  @Test
  void an_issue_counts_only_for_its_own_generation() {
    var key = Samples.key(Samples.renewable(Samples.subject(), NOON));
    issue(key);
    for (var edit : List.of("SET issue.generation = :other", "REMOVE issue")) {
      Tables.DYNAMO.updateItem(update -> {
        update
            .tableName(Tables.KEYS)
            .key(Map.of("pk", AttributeValue.fromS(key.id().qualified())))
            .updateExpression(edit);
        if (edit.startsWith("SET")) {
          update.expressionAttributeValues(Map.of(":other", AttributeValue.fromN("7")));
        }
      });

      assertThat(STORES.find(key.id()).orElseThrow().generation().issue())
          .isEqualTo(Key.Issue.unknown(Optional.empty()));
    }
  }

  @Test
  void after_a_failed_record_of_a_use_no_request_waits_for_another() {
    var wire = new Wire();
    var dynamo = wire.tap("Test", Shared.stack().aws().dynamo()).dynamo();
    var store = new DynamoKeyStore(dynamo, Tables.KEYS);
    var id = Samples.key(Samples.subject(), NOON).id();
    wire.follow((_, _) -> Fate.LOST);

    store.markUsed(id, NOON);
    var attempts = wire.attempts();
    store.markUsed(id, NOON);

    assertThat(attempts).isPositive();
    assertThat(wire.attempts()).isEqualTo(attempts);
  }
}
