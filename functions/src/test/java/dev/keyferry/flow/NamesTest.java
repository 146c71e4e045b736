package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import dev.keyferry.limits.Limit;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Names that rows are found by, and hashes: another, and what is stored is lost.
final class NamesTest {
  @Test
  void of_the_partition_keys() {
    var limit = new Limit("authorize", 30, Duration.ofMinutes(1));

    assertThat(new Locator("AAAA").partitionKey()).isEqualTo("GRANT#AAAA");
    assertThat(new KeyId("0123456789abcXYZ").partitionKey()).isEqualTo("KEY#0123456789abcXYZ");
    assertThat(new Subject("ada").partitionKey()).isEqualTo("SUBJECT#ada");
    assertThat(new Limit.Window(limit, "192.0.2.7", 8).partitionKey())
        .isEqualTo("LIMIT#authorize#192.0.2.7#8");
  }

  @Test
  void of_the_subkeys() {
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
