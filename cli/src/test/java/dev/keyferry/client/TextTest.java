package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of text that is safe to show, and of addresses that are safe to open.
class TextTest {
  @ParameterizedTest
  @CsvSource({
    "'Zoë Müller 渡辺 😀', 'Zoë Müller 渡辺 😀'",
    "'  a \t\n b  ', 'a b'",
    "'a\u202Eb\u2066c\u200Fd', 'abcd'",
    "'\u001B[38;5;1mred\u001B[0m', 'red'",
    "'\u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007', 'link'",
    "'\u001B]52;c;ZWNobw==\u001B\\x', 'x'",
    "'\u001BP1$r\u001B\\x', 'x'",
    "'\u009B2Jx', 'x'",
    "'\u001BX', ''",
    "'\u001B', ''",
    "'a\uD800b', 'ab'",
    "'می\u200Cخواهم', 'می\u200Cخواهم'",
    "'a\u2028b', 'a b'",
    "'tag\uDB40\uDC41', 'tag'"
  })
  void keeps_letters_and_drops_control_sequences(String text, String shown) {
    assertThat(Text.clean(text, 100)).isEqualTo(shown);
  }

  @Test
  void cuts_between_characters() {
    assertThat(Text.clean("😀😀😀😀", 3)).isEqualTo("😀😀…");
    assertThat(Text.clean("abc", 3)).isEqualTo("abc");
    assertThat(Text.clean("x".repeat(10_000_000), 3)).isEqualTo("xx…");
  }

  @ParameterizedTest
  @CsvSource({
    "login.example, https://login.example",
    "login.example/, https://login.example",
    "login.example/a/, https://login.example/a",
    "' https://login.example ', https://login.example",
    "127.0.0.1:8080, http://127.0.0.1:8080",
    "localhost:8080/x, http://localhost:8080/x",
    "http://[::1]:8080, http://[::1]:8080",
    "HTTPS://login.example/A, https://login.example/A",
    "Http://localhost:8080, http://localhost:8080"
  })
  void accepts_the_server_addresses_that_people_type(String typed, String issuer) {
    assertThat(WebAddress.issuer(typed).map(URI::toString)).contains(issuer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "http://login.example",
        "ftp://login.example",
        "login.example?x",
        "https://",
        "login.example#x",
        "u@login.example",
        "log in.example",
        "https://login.example:0",
        "-h",
        "http://127.0.0.1@evil.example",
        "https://login.example//",
        "https://login.example/a//",
        "https://login.example//evil.example",
        "https://login.example/a//b",
        "https://login.example/./a",
        "https://login.example/a/..",
        "https://login.example/a/../b",
        "https://login.example/%2E%2e/b",
        "http://localhost.evil.example",
        "file:///etc/passwd"
      })
  void rejects_other_text(String typed) {
    assertThat(WebAddress.issuer(typed)).isEmpty();
  }
}
