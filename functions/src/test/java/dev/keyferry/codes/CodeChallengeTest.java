package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodeChallengeTest {
  @Test
  void is_answered_by_the_verifier_of_rfc_7636_appendix_b() {
    assertThat(CodeChallenge.answeredBy("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        .contains(new CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
  }

  @Test
  void is_read_in_the_form_of_a_sha_256() {
    var text = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    assertThat(CodeChallenge.parse(text)).contains(new CodeChallenge(text));
    assertThat(CodeChallenge.parse(text.substring(1))).isEmpty();
    assertThat(CodeChallenge.parse(text + "A")).isEmpty();
    assertThat(CodeChallenge.parse(text.substring(1) + "=")).isEmpty();
    assertThat(CodeChallenge.parse(text.substring(1) + "+")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {43, 128})
  void is_answered_by_verifiers_of_43_to_128_characters(int length) {
    assertThat(CodeChallenge.answeredBy("-._~".repeat(32).substring(0, length))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 42, 129})
  void is_not_answered_by_verifiers_of_other_lengths(int length) {
    assertThat(CodeChallenge.answeredBy("a".repeat(length))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "/", "=", " ", "é", "\n"})
  void is_not_answered_by_verifiers_with_other_characters(String other) {
    assertThat(CodeChallenge.answeredBy("a".repeat(43) + other)).isEmpty();
  }
}
