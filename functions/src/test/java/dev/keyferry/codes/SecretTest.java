package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SecretTest {
  @Test
  void prints_none_of_its_bytes() {
    assertThat(Secret.of(new byte[] {65, 66, 67})).hasToString("Secret[hidden]");
  }

  @Test
  void equals_another_of_the_same_bytes() {
    assertThat(Secret.of(new byte[] {1, 2}))
        .isEqualTo(Secret.of(new byte[] {1, 2}))
        .hasSameHashCodeAs(Secret.of(new byte[] {1, 2}))
        .isNotEqualTo(Secret.of(new byte[] {1, 3}))
        .isNotEqualTo(Secret.of(new byte[] {1}));
  }

  @Test
  void cannot_be_changed_from_outside() {
    var bytes = new byte[] {1, 2};
    var secret = Secret.of(bytes);
    bytes[0] = 9;
    secret.reveal()[1] = 9;

    assertThat(secret.reveal()).containsExactly(1, 2);
  }

  @Test
  void is_drawn_anew_each_time() {
    var random = new Random(8628);

    assertThat(Secret.draw(random, 32).reveal()).hasSize(32);
    assertThat(Secret.draw(random, 32)).isNotEqualTo(Secret.draw(random, 32));
  }
}
