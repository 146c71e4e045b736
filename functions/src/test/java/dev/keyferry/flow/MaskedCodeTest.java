package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.UserCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskedCodeTest {
  private static final UserCode CODE = new UserCode("WDJBMJHT");
  private static final KeyId KEY = new KeyId("DocumentationKey");
  private static final Subject ADA = new Subject("ada");

  private final TestHasher hasher = new TestHasher();

  @Test
  void is_read_as_it_was_written_and_reveals_its_code() {
    var masked = MaskedCode.parse(MaskedCode.of(CODE, hasher, KEY, ADA).toString());

    assertThat(masked.bits()).isNotEqualTo(CODE.bits());
    assertThat(masked.reveal(hasher, KEY, ADA)).isEqualTo(CODE);
    assertThat(MaskedCode.parse("12.00000000ff")).isEqualTo(new MaskedCode(12, 255));
  }

  @Test
  void is_never_the_same_in_two_rows_or_under_two_versions() {
    var masked = MaskedCode.of(CODE, hasher, KEY, ADA).bits();

    assertThat(MaskedCode.of(CODE, hasher, new KeyId("AnotherKey000000"), ADA).bits())
        .isNotEqualTo(masked);
    assertThat(MaskedCode.of(CODE, hasher, KEY, new Subject("bob")).bits()).isNotEqualTo(masked);
    hasher.rotateTo(2);
    assertThat(MaskedCode.of(CODE, hasher, KEY, ADA).bits()).isNotEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.",
        ".00000000ff",
        "1.00000000FF",
        "1.0000000ff",
        "1.000000000ff",
        "x.00000000ff",
        "-1.00000000ff",
        "9999999999.00000000ff"
      })
  void is_not_read_from_anything_else(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> MaskedCode.parse(text));
  }
}
