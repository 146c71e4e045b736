package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.TestHasher;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceScreenTest {
  private final TestHasher hasher = new TestHasher();
  private final ApprovalNonce nonce = ApprovalNonce.draw(new Random(1), NOON);
  private final DeviceScreen screen =
      DeviceScreen.of(nonce, Samples.confirming(Samples.request(NOON)));
  private final String text = screen.write(hasher);

  @Test
  void contains_what_the_claim_saw() {
    assertThat(screen).isEqualTo(new DeviceScreen(nonce, "cli", true, Origin.parse("192.0.2.7")));
    assertThat(DeviceScreen.read(hasher, text)).contains(screen);

    var other = new DeviceScreen(nonce, "a client of spaces", false, Origin.parse("2001:db8::7"));
    assertThat(DeviceScreen.read(hasher, other.write(hasher))).contains(other);
  }

  @Test
  void is_invalid_if_the_page_changed_it() {
    var parts = text.split("\\.", 3);
    var nearer = "true 198.51.100.7 cli".getBytes(StandardCharsets.UTF_8);
    var seen = Base64.getUrlEncoder().withoutPadding().encodeToString(nearer);
    var another = ApprovalNonce.draw(new Random(2), NOON).text();

    for (var forged :
        List.of(
            String.join(".", parts[0], seen, parts[2]),
            String.join(".", another, parts[1], parts[2]),
            String.join(".", parts[0], parts[1], "1.AAAA"),
            parts[0] + parts[1] + ".." + parts[2])) {
      assertThat(DeviceScreen.read(hasher, forged)).as(forged).isEmpty();
    }
  }

  @Test
  void is_invalid_under_another_version_of_the_subkeys() {
    hasher.rotateTo(2);

    assertThat(DeviceScreen.read(hasher, text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "...", "a.b", "a.b.c", "ä.ö.ü", "nonce"})
  void is_invalid_in_any_other_form(String garbage) {
    assertThat(DeviceScreen.read(hasher, garbage)).isEmpty();
  }
}
