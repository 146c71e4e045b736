package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ClientTest {
  @Test
  void is_answered_where_it_registered_and_nowhere_else() {
    assertThat(CLI.allowsRedirectUri("http://127.0.0.1:49152/callback")).isTrue();
    assertThat(CLI.allowsRedirectUri("http://127.0.0.1:49152/elsewhere")).isFalse();
    assertThat(CLI.allowsRedirectUri("https://evil.example/callback")).isFalse();
  }

  @Test
  void that_registered_nothing_is_answered_nowhere() {
    assertThat(DEMO.allowsRedirectUri("http://127.0.0.1:49152/callback")).isFalse();
  }
}
