package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "2001:db8::7, 2001:db8::7",
    "2001:db8::7, 2001:db8:0:0:ffff:ffff:ffff:ffff",
    "2001:db8:0:1::1, 2001:0db8:0000:0001::2",
    "::ffff:192.0.2.7, 192.0.2.7"
  })
  void addresses_of_one_subscriber_share_a_network(String one, String other) {
    assertThat(Origin.parse(one).sharesNetworkWith(Origin.parse(other))).isTrue();
    assertThat(Origin.parse(other).sharesNetworkWith(Origin.parse(one))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.8",
    "2001:db8:0:1::1, 2001:db8:0:2::1",
    "2001:db8:0:0::1, 2001:db9:0:0::1",
    "192.0.2.7, 2001:db8::7",
    "0.0.0.0, ::"
  })
  void addresses_of_others_do_not(String one, String other) {
    assertThat(Origin.parse(one).sharesNetworkWith(Origin.parse(other))).isFalse();
    assertThat(Origin.parse(other).sharesNetworkWith(Origin.parse(one))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::7", "::1"})
  void is_read_back_as_it_was_written(String literal) {
    var origin = Origin.parse(literal);

    assertThat(Origin.parse(origin.toString())).isEqualTo(origin);
  }

  @Test
  void never_looks_a_name_up() {
    assertThatIllegalArgumentException().isThrownBy(() -> Origin.parse("localhost"));
  }
}
