package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserCodeTest {
  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  @Test
  void is_shown_in_two_halves() {
    assertThat(new UserCode("WDJBMJHT").display()).isEqualTo("WDJB-MJHT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WDJBMJHT",
        "WDJB-MJHT",
        "wdjb-mjht",
        " wDjB mJhT ",
        "W-D-J-B-M-J-H-T",
        "WDJB–MJHT",
        "WDJB—MJHT",
        "WDJB‑MJHT",
        "WDJB\u00A0MJHT",
        "\tWDJB\r\nMJHT\n"
      })
  void is_read_however_a_person_types_it(String typed) {
    assertThat(UserCode.parse(typed)).contains(new UserCode("WDJBMJHT"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "WDJBMJH",
        "WDJBMJHTT",
        "WDJBMJH0",
        "WDJBMJH1",
        "WDJBMJHI",
        "WDJBMJHO",
        "WDJB_MJHT",
        "WDJB.MJHT",
        "ＷDJBMJHT",
        "WDJBMJHÄ"
      })
  void is_not_read_from_anything_else(String typed) {
    assertThat(UserCode.parse(typed)).isEmpty();
  }

  @Test
  void cannot_be_made_of_what_was_not_normalised() {
    assertThatIllegalArgumentException().isThrownBy(() -> new UserCode("wdjbmjht"));
    assertThatIllegalArgumentException().isThrownBy(() -> new UserCode("WDJB-MJHT"));
  }

  @Test
  void comes_evenly_from_the_whole_alphabet_at_every_place() {
    var random = new Random(8628);
    var hasher = new TestHasher();
    int draws = 32_000;
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      var characters = UserCode.of(Secret.draw(random, 32), hasher, 1).characters();
      for (int place = 0; place < characters.length(); place++) {
        seen.merge(place + ":" + characters.charAt(place), 1, Integer::sum);
      }
    }

    assertThat(seen).hasSize(8 * ALPHABET.length());
    // A thousand times each. Six standard deviations are 187.
    assertThat(seen.values()).allMatch(times -> Math.abs(times - 1_000) < 187);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAAAAAAA", "99999999", "WDJBMJHT", "A9A9A9A9", "BCDEFGHJ"})
  void is_its_bits_and_nothing_else(String characters) {
    var code = new UserCode(characters);

    assertThat(code.bits()).isBetween(0L, (1L << 40) - 1);
    assertThat(UserCode.ofBits(code.bits())).isEqualTo(code);
  }

  @Test
  void belongs_to_a_device_secret_under_a_version_of_the_subkey() {
    var hasher = new TestHasher();
    var secret = Secret.draw(new Random(8628), 32);
    var code = UserCode.of(secret, hasher, 1);

    assertThat(UserCode.of(secret, hasher, 1)).isEqualTo(code);
    assertThat(UserCode.of(secret, hasher, 2)).isNotEqualTo(code);
  }

  @Test
  void does_not_print_itself() {
    assertThat(new UserCode("WDJBMJHT")).hasToString("UserCode[hidden]");
  }
}
