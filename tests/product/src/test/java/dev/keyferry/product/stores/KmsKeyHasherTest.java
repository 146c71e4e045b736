package dev.keyferry.product.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.codes.Purpose;
import dev.keyferry.flow.Outage;
import dev.keyferry.local.LocalAws;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire.Fate;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Tests of the subkeys with the KMS of this process, which a test can make fail or disable.
class KmsKeyHasherTest extends KmsKeyHasherContract {
  @Override
  public LocalAws aws() {
    return Shared.stack().aws();
  }

  @Test
  void while_kms_is_down_an_old_subkey_works_for_only_fifteen_more_minutes() {
    var hasher = hasher();
    var hash = hasher.hmac(Purpose.KEY, 1, MESSAGE);
    wire.follow((_, _) -> Fate.LOST);

    clock.advance(Duration.ofMinutes(15));
    assertThat(hasher.hmac(Purpose.KEY, 1, MESSAGE)).isEqualTo(hash);
    clock.advance(Duration.ofMinutes(14));
    assertThat(hasher.hmac(Purpose.KEY, 1, MESSAGE)).isEqualTo(hash);
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> hasher.hmac(Purpose.KEY, 1, MESSAGE)).isInstanceOf(Outage.class);

    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(hasher.hmac(Purpose.KEY, 1, MESSAGE)).isEqualTo(hash);
  }

  @Test
  void while_kms_is_down_it_is_called_again_after_a_pause_and_not_for_every_hash() {
    var hasher = hasher();
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    clock.advance(Duration.ofMinutes(15));
    wire.follow((_, _) -> Fate.LOST);
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    var attemptsOfOneCall = wire.attempts();

    for (int i = 0; i < 100; i++) {
      hasher.hmac(Purpose.KEY, 1, MESSAGE);
    }
    assertThat(wire.attempts()).isEqualTo(attemptsOfOneCall);

    clock.advance(Duration.ofSeconds(30));
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    assertThat(wire.attempts()).isEqualTo(2 * attemptsOfOneCall);
  }

  @Test
  void a_failed_renewal_is_logged_and_another_thread_makes_the_next() throws Exception {
    var told = new ArrayList<Outage>();
    var hasher = hasher(told::add);
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    clock.advance(Duration.ofMinutes(15));
    wire.follow((_, _) -> Fate.LOST);
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    assertThat(told).hasSize(1);

    wire.follow((_, _) -> Fate.ARRIVES);
    clock.advance(Duration.ofSeconds(30));
    Thread.ofVirtual().start(() -> hasher.hmac(Purpose.KEY, 1, MESSAGE)).join();
    assertThat(wire.attempts()).isEqualTo(1);
  }

  @Test
  void a_cold_environment_cannot_hash_while_kms_is_down() {
    var hasher = hasher();
    wire.follow((_, _) -> Fate.LOST);

    assertThatThrownBy(() -> hasher.hmac(Purpose.KEY, 1, MESSAGE)).isInstanceOf(Outage.class);
  }

  @Test
  void an_optional_hash_calls_an_unavailable_kms_once_per_pause() {
    var hasher = hasher();
    wire.follow((_, _) -> Fate.LOST);
    assertThat(hasher.isAvailable(Purpose.NAME, 1)).isFalse();
    var attemptsOfOneCall = wire.attempts();
    for (int i = 0; i < 100; i++) {
      assertThat(hasher.isAvailable(Purpose.NAME, 1)).isFalse();
    }
    assertThat(wire.attempts()).isEqualTo(attemptsOfOneCall);

    wire.follow((_, _) -> Fate.ARRIVES);
    clock.advance(Duration.ofSeconds(30));
    assertThat(hasher.isAvailable(Purpose.NAME, 1)).isTrue();
    hasher.hmac(Purpose.NAME, 1, MESSAGE);
    assertThat(wire.attempts()).isEqualTo(1);
  }

  @Test
  void a_held_subkey_is_available_while_kms_is_down_until_it_expires() {
    var hasher = hasher();
    hasher.hmac(Purpose.NAME, 1, MESSAGE);
    wire.follow((_, _) -> Fate.LOST);
    clock.advance(Duration.ofMinutes(30).minusSeconds(1));

    assertThat(hasher.isAvailable(Purpose.KEY, 1)).isFalse();
    assertThat(hasher.isAvailable(Purpose.NAME, 1)).isTrue();
    var attempts = wire.attempts();

    clock.advance(Duration.ofSeconds(1));
    assertThat(hasher.isAvailable(Purpose.NAME, 1)).isFalse();
    assertThat(wire.attempts()).as("attempts during the pause").isEqualTo(attempts);
  }

  @Test
  void a_disabled_key_shuts_hashing_down_at_the_next_renewal_without_grace() {
    var hasher = hasher();
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    var hashKey = aws().hashKey();
    try (var kms = aws().kms().kms()) {
      kms.disableKey(key -> key.keyId(hashKey));
      clock.advance(Duration.ofMinutes(15));

      assertThatThrownBy(() -> hasher.hmac(Purpose.KEY, 1, MESSAGE))
          .isInstanceOfSatisfying(Outage.class, outage -> assertThat(outage.isRefusal()).isTrue());
      assertThatThrownBy(() -> hasher.hmac(Purpose.KEY, 1, MESSAGE))
          .isInstanceOfSatisfying(Outage.class, outage -> assertThat(outage.isRefusal()).isTrue());

      kms.enableKey(key -> key.keyId(hashKey));
      assertThat(hasher.hmac(Purpose.KEY, 1, MESSAGE)).hasSize(32);
    }
  }
}
