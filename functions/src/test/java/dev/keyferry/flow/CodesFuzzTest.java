package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.Code;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.UserCode;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// Fuzzes the texts that people type and clients send: a text is at most one kind of code, is read
/// as what it is, and is written back unchanged.
final class CodesFuzzTest {
  @FuzzTest
  void a_text_is_a_code_in_only_one_spelling(byte[] input) {
    var text = new String(input, UTF_8);

    UserCode.parse(text).ifPresent(code -> assertUserCode(text, code));
    assertThat(UserCode.parse(text.toLowerCase(Locale.ROOT)))
        .isEqualTo(UserCode.parse(upper(text)));
    assertCode(text, DeviceCode.parse(text));
    assertCode(text, AuthorizationCode.parse(text));
    MatchingNumber.parse(text).ifPresent(number -> assertThat(number).hasToString(text));
    KeyId.parse(text)
        .ifPresent(id -> {
          assertThat(id).hasToString(text);
          assertThat(text).hasSize(16).matches("\\p{ASCII}*");
        });
    CodeChallenge.parse(text).ifPresent(challenge -> assertThat(text).hasSize(43));
    CodeChallenge.answeredBy(text)
        .ifPresent(challenge -> {
          assertThat(CodeChallenge.parse(challenge.value())).contains(challenge);
          assertThat(text.length()).isBetween(43, 128);
        });
    Scope.parse(text)
        .ifPresent(scope -> {
          assertThat(Scope.parse(scope.toString())).contains(scope);
          assertThat(scope.tokens()).isNotEmpty().doesNotHaveDuplicates();
          assertThat(text.split(" ", -1)).containsAll(scope.tokens());
        });
    assertOrigin(text);
  }

  private static String upper(String text) {
    return text.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
  }

  private static void assertUserCode(String text, UserCode code) {
    assertThat(code.characters()).matches("[A-HJ-NP-Z2-9]{8}");
    assertThat(UserCode.parse(code.characters())).contains(code);
    assertThat(UserCode.parse(code.display())).contains(code);
    assertThat(UserCode.parse(" " + text + "-")).contains(code);
    assertThat(UserCode.ofBits(code.bits())).isEqualTo(code);
    // No letter or digit was dropped.
    assertThat(text.codePoints().filter(Character::isLetterOrDigit).count()).isLessThanOrEqualTo(8);
  }

  private static void assertCode(String text, Optional<? extends Code> parsed) {
    parsed.ifPresent(code -> {
      assertThat(code.reveal()).isEqualTo(text);
      assertThat(code.locator().qualified()).matches("GRANT#[A-Za-z0-9_-]{22}");
      assertThat(code.secret().reveal()).hasSize(Code.SECRET_BYTES);
      assertThat(code.toString()).endsWith("secret=Secret[hidden]]");
    });
    assertThat(parsed.isPresent()).isEqualTo(isBase64Url(text) && text.length() == 64);
  }

  private static boolean isBase64Url(String text) {
    try {
      return Base64.getUrlEncoder()
          .encodeToString(Base64.getUrlDecoder().decode(text))
          .equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// A gateway's address is either read as an address or rejected. No name is looked up.
  private static void assertOrigin(String text) {
    Origin origin;
    try {
      origin = Origin.parse(text);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(origin.sharesNetworkWith(origin)).isTrue();
    assertThat(Origin.parse(origin.toString()).network()).isEqualTo(origin.network());
  }
}
