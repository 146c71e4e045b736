package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/// Fuzzes the redirect URIs of browser logins. The input's first line is a registered URI, and its
/// second line is the URI that a client requests.
final class LoopbackUriFuzzTest {
  private static final int LAST_PORT = 65_535;

  @FuzzTest
  void matches_only_loopback_addresses_that_differ_in_the_port(byte[] input) {
    var lines = new String(input, UTF_8).split("\n", 2);
    LoopbackUri registered;
    try {
      registered = LoopbackUri.parse(lines[0]);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(registered.origin()).isIn("http://127.0.0.1", "http://[::1]");
    assertThat(registered.origin() + registered.path()).isEqualTo(lines[0]);
    assertThat(registered.fits(lines[0])).isTrue();
    for (var end : List.of(":1", ":80", ":65535")) {
      assertThat(registered.fits(registered.origin() + end + registered.path())).isTrue();
    }
    for (var end : List.of(":", ":0", ":080", ":65536", ":-1", "@evil", ".evil", ":80:80")) {
      assertThat(registered.fits(registered.origin() + end + registered.path())).isFalse();
    }
    if (lines.length == 2) {
      assertFits(registered, lines[1]);
    }
  }

  private static void assertFits(LoopbackUri registered, String asked) {
    var port =
        Pattern.compile(
                Pattern.quote(registered.origin())
                    + "(?::([1-9][0-9]{0,4}))?"
                    + Pattern.quote(registered.path()),
                Pattern.DOTALL)
            .matcher(asked);
    var expected =
        port.matches() && (port.group(1) == null || Integer.parseInt(port.group(1)) <= LAST_PORT);

    assertThat(registered.fits(asked)).isEqualTo(expected);
    if (expected) {
      var uri = URI.create(asked);
      assertThat(uri.getScheme()).isEqualTo("http");
      assertThat(uri.getHost()).isIn("127.0.0.1", "[::1]");
      assertThat(uri.getRawPath()).isEqualTo(registered.path());
      assertThat(uri.getRawUserInfo()).isNull();
      assertThat(uri.getRawQuery()).isNull();
      assertThat(uri.getRawFragment()).isNull();
    }
  }
}
