package dev.keyferry.local;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.flow.KeyStoreContract;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Stores;
import dev.keyferry.local.Wire.Fate;
import org.junit.jupiter.api.Test;

class DynamoKeyStoreTest extends KeyStoreContract {
  private static final Stores STORES = DynamoStores.at(Shared.stack().aws());

  @Override
  protected Stores stores() {
    return STORES;
  }

  @Test
  void after_a_note_of_a_use_that_failed_nobody_waits_for_another() {
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
