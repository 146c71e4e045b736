package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests the labels of subkeys. A change would make the stored hashes invalid.
final class PurposeTest {
  @Test
  void has_the_labels_of_the_design() {
    assertThat(Stream.of(Purpose.values()).map(Purpose::label))
        .containsExactly(
            "user-code",
            "device-code",
            "authorization-code",
            "approval",
            "seal",
            "mint",
            "key",
            "name",
            "confirmation");
  }
}
