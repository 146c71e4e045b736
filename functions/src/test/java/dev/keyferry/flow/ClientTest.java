package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ClientTest {
  @Test
  void is_redirected_only_to_its_registered_address() {
    assertThat(CLI.allowsRedirectUri("http://127.0.0.1:49152/callback")).isTrue();
    assertThat(CLI.allowsRedirectUri("http://127.0.0.1:49152/elsewhere")).isFalse();
    assertThat(CLI.allowsRedirectUri("https://evil.example/callback")).isFalse();
  }

  @Test
  void without_a_registered_address_is_never_redirected() {
    assertThat(DEMO.allowsRedirectUri("http://127.0.0.1:49152/callback")).isFalse();
  }
}
