package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.keyferry.flow.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTest {
  private static final String MAC = "_-".repeat(21) + "A";

  @Test
  void is_read_as_it_was_written() {
    var digest = Samples.digest();

    assertThat(Digest.parse(digest.toString())).isEqualTo(digest);
    assertThat(Digest.parse("999999999." + MAC)).isEqualTo(new Digest(999_999_999, MAC));
  }

  /// Each `~` stands for a hash of the right form.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "~",
        ".~",
        "1",
        "1.",
        "1.!",
        "1.AAAA",
        "1.~A",
        "1.~=",
        "1.~\n",
        "0.~",
        "-1.~",
        "+1.~",
        "01.~",
        "1000000000.~",
        "1.1.~",
        "x.~",
        "1 .~",
        "1.+~"
      })
  void of_any_other_form_is_none(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Digest.parse(text.replace("~", MAC)))
        .withMessage("not a valid digest");
  }

  @Test
  void with_a_character_that_is_not_of_its_alphabet_is_none() {
    for (var stranger : "+/=! \nü".toCharArray()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Digest.parse("1." + MAC.substring(1) + stranger));
    }
  }
}
