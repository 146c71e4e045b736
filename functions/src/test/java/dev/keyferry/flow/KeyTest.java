package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.KeyId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTest {
  private static final Duration MONTH = Duration.ofDays(30);

  @Test
  void stays_listed_for_thirty_days_after_it_expires() {
    var key = Samples.key(Samples.subject(), NOON);

    assertThat(key.purgeAt()).isEqualTo(NOON.plus(key.terms().lifetime()).plus(MONTH));
  }

  @Test
  void stays_listed_for_thirty_days_after_its_last_possible_refresh() {
    var key = Samples.key(Samples.renewable(Samples.subject(), NOON));

    assertThat(key.purgeAt()).isEqualTo(NOON.plus(Key.LONGEST_FAMILY).plus(MONTH));
  }

  @Test
  void prints_nothing_about_its_subject() {
    assertThat(Samples.key(Samples.subject(), NOON).toString())
        .contains("profile=Profile[hidden]")
        .doesNotContain("ada@example.com");
  }

  @Test
  void has_an_id_that_is_read_as_it_is_written() {
    assertThat(KeyId.parse("0123456789abcXYZ")).contains(new KeyId("0123456789abcXYZ"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcXY",
        "0123456789abcXYZ0",
        "0123456789abcXY-",
        "0123456789abcXYé",
        "0123456789abcXYZ\n"
      })
  void has_an_id_that_is_read_from_nothing_else(String text) {
    assertThat(KeyId.parse(text)).isEmpty();
  }
}
