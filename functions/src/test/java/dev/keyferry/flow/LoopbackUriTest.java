package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoopbackUriTest {
  private final LoopbackUri ipv4 = LoopbackUri.parse("http://127.0.0.1/callback");
  private final LoopbackUri ipv6 = LoopbackUri.parse("http://[::1]/");

  @Test
  void has_any_port_or_none() {
    for (var port : new String[] {"", ":1", ":80", ":49152", ":65535"}) {
      assertThat(ipv4.fits("http://127.0.0.1" + port + "/callback")).as(port).isTrue();
      assertThat(ipv6.fits("http://[::1]" + port + "/")).as(port).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {":", ":0", ":08", ":65536", ":99999", ":123456", ":-1", ":1 ", ":1:1", ":a", "1"})
  void has_none_but_a_port(String port) {
    assertThat(ipv4.fits("http://127.0.0.1" + port + "/callback")).isFalse();
    assertThat(ipv6.fits("http://[::1]" + port + "/")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/callback",
        "http://127.0.0.1",
        "http://127.0.0.1callback",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1/callback?",
        "http://127.0.0.1/callback#/callback",
        "http://127.0.0.1@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1/evil/callback",
        "http://[::1]/callback",
        "https://127.0.0.1/callback"
      })
  void is_itself_in_every_character_else(String other) {
    assertThat(ipv4.fits(other)).isFalse();
  }

  /// The path is also the end of the host.
  @Test
  void is_not_so_short_that_its_parts_overlap() {
    assertThat(ipv6.fits("http://[::1]")).isFalse();
    assertThat(ipv6.fits("http:/")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/callback",
        "http://127.0.0.1:80/callback",
        "http://127.0.0.1",
        "https://127.0.0.1/callback",
        "http://127.0.0.1/callback?a",
        "http://example.com/callback"
      })
  void is_registered_on_this_machine_only(String elsewhere) {
    assertThatIllegalArgumentException().isThrownBy(() -> LoopbackUri.parse(elsewhere));
  }
}
