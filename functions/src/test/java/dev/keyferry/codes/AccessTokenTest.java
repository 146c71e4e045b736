package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Samples;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AccessTokenTest {
  private final TestHasher hasher = new TestHasher();
  private final DeviceCode code = Samples.deviceCode();
  private final RefreshToken first = Samples.first(hasher, 1, code);
  private final AccessToken token = first.access(hasher, 1);

  @Test
  void has_the_form_that_secret_scanners_know() {
    assertThat(token.reveal()).matches("kf_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}").hasSize(69);
    assertThat(token.reveal()).startsWith("kf_" + token.id() + "_");
  }

  @Test
  void ends_in_the_crc_32_of_what_precedes() {
    // Computed independently, with Python's zlib.
    var body = "kf_0000000000000000_" + "0".repeat(43);

    assertThat(AccessToken.parse(body + "2yej2B")).isPresent();
    assertThat(AccessToken.parse(body + "2yej20")).isEmpty();
  }

  @Test
  void is_read_back_as_it_was_written() {
    var read = AccessToken.parse(token.reveal()).orElseThrow();

    assertThat(read.id()).isEqualTo(token.id());
    assertThat(read.reveal()).isEqualTo(token.reveal());
  }

  @Test
  void is_refused_with_any_one_character_changed() {
    var text = token.reveal();
    for (int i = 0; i < text.length(); i++) {
      var other = text.charAt(i) == 'a' ? 'b' : 'a';
      assertThat(AccessToken.parse(text.substring(0, i) + other + text.substring(i + 1))).isEmpty();
    }
  }

  @Test
  void is_refused_if_anything_is_added_or_missing() {
    var text = token.reveal();

    assertThat(AccessToken.parse("")).isEmpty();
    assertThat(AccessToken.parse(text.substring(1))).isEmpty();
    assertThat(AccessToken.parse(text.substring(0, text.length() - 1))).isEmpty();
    assertThat(AccessToken.parse(text + "0")).isEmpty();
    assertThat(AccessToken.parse(text + "\n")).isEmpty();
    assertThat(AccessToken.parse(" " + text)).isEmpty();
  }

  @Test
  void of_one_device_code_is_always_the_same() {
    assertThat(derived(1, code)).isEqualTo(token.reveal());
  }

  @Test
  void differs_for_another_device_code_place_or_version() {
    var other = Samples.deviceCode();

    assertThat(derived(1, other)).isNotEqualTo(token.reveal());
    assertThat(derived(1, new DeviceCode(code.locator(), other.secret())))
        .isNotEqualTo(token.reveal());
    assertThat(derived(1, new DeviceCode(other.locator(), code.secret())))
        .isNotEqualTo(token.reveal());
    assertThat(derived(2, code)).isNotEqualTo(token.reveal());
  }

  @Test
  void does_not_reveal_its_secret_by_its_id() {
    var digits = token.reveal().substring(20, 36);

    assertThat(digits).isNotEqualTo(token.id().value());
  }

  @Test
  void prints_its_id_alone() {
    assertThat(Optional.of(token).toString())
        .contains(token.id().value())
        .doesNotContain(token.reveal().substring(20));
  }

  @Test
  void and_refresh_token_are_never_confused() {
    assertThat(first.reveal()).matches("kfr_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
    assertThat(AccessToken.parse(first.reveal())).isEmpty();
    assertThat(RefreshToken.parse(token.reveal())).isEmpty();
    assertThat(RefreshToken.parse(first.reveal()).map(RefreshToken::id)).contains(token.id());
  }

  @Test
  void of_every_generation_differs_and_follows_from_the_refresh_token_alone() {
    var third = first.next(hasher, 1, 0).next(hasher, 1, 0);
    var again =
        RefreshToken.parse(first.next(hasher, 1, 0).reveal()).orElseThrow().next(hasher, 1, 0);

    assertThat(again.reveal()).isEqualTo(third.reveal());
    assertThat(again.access(hasher, 1).reveal()).isEqualTo(third.access(hasher, 1).reveal());
    assertThat(third.access(hasher, 1).reveal()).isNotEqualTo(token.reveal());
    assertThat(first).hasToString("RefreshToken[" + first.id() + "]");
  }

  private String derived(int version, DeviceCode from) {
    return Samples.first(hasher, version, from).access(hasher, version).reveal();
  }
}
