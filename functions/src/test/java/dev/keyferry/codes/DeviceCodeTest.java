package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Samples;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceCodeTest {
  @Test
  void is_64_characters_of_locator_and_then_secret() {
    var code = Samples.deviceCode();
    var bytes = Base64.getUrlDecoder().decode(code.reveal());

    assertThat(code.reveal()).matches("[A-Za-z0-9_-]{64}");
    assertThat(bytes).hasSize(48).startsWith(code.locator().bytes());
    assertThat(bytes).endsWith(code.secret().reveal());
  }

  @Test
  void is_read_back_as_it_was_written() {
    var code = Samples.deviceCode();

    assertThat(DeviceCode.parse(code.reveal())).contains(code);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 65, 128})
  void is_not_read_from_another_length(int length) {
    assertThat(DeviceCode.parse("A".repeat(length))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "/", "=", " ", "\n", "é", "."})
  void is_not_read_from_other_characters(String other) {
    assertThat(DeviceCode.parse("A".repeat(64 - other.length()) + other)).isEmpty();
  }

  @Test
  void does_not_print_its_secret() {
    var code = Samples.deviceCode();

    assertThat(code.toString()).doesNotContain(code.reveal().substring(22));
  }
}
