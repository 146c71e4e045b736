package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenForm;
import dev.keyferry.codes.TokenPrefix;
import java.util.Arrays;
import java.util.List;

/// Fuzzes access and refresh tokens: a text is at most one of them, only issued tokens are genuine,
/// and a token that lost or changed a character is invalid.
final class TokensFuzzTest {
  private static final List<String> OTHER_DIGITS = List.of("0", "7", "A", "Z", "a", "z");

  private final TestHasher hasher = new TestHasher();

  @FuzzTest
  void a_text_is_a_token_of_one_kind_or_none(byte[] input) {
    var text = new String(input, UTF_8);

    var access = AccessToken.parse(text);
    var refresh = RefreshToken.parse(text);

    assertThat(access.isPresent() && refresh.isPresent()).isFalse();
    access.ifPresent(token -> {
      assertThat(token.reveal()).isEqualTo(text);
      assertThat(token.toString()).doesNotContain(text);
      assertId(text, token.id());
    });
    refresh.ifPresent(token -> {
      assertThat(token.reveal()).isEqualTo(text);
      assertThat(token.toString()).doesNotContain(text);
      assertId(text, token.id());
      // It was not issued here, so it never revokes.
      assertThat(token.isGenuine(hasher, 1)).isFalse();
      assertThat(RefreshToken.parse(token.next(hasher, 1, 0).reveal()).orElseThrow())
          .matches(next -> next.isGenuine(hasher, 1) && next.id().equals(token.id()));
    });
    assertWritten(input);
  }

  private static void assertId(String text, KeyId id) {
    assertThat(KeyId.parse(id.value())).contains(id);
    assertThat(text).contains("_" + id + "_");
    // The checksum detects every single wrong character.
    for (int at = 0; at < text.length(); at++) {
      for (var digit : OTHER_DIGITS) {
        var other = text.substring(0, at) + digit + text.substring(at + 1);
        if (!other.equals(text)) {
          assertThat(AccessToken.parse(other)).isEmpty();
          assertThat(RefreshToken.parse(other)).isEmpty();
        }
      }
    }
  }

  /// Any token that is written is read back unchanged, whatever its bytes.
  private static void assertWritten(byte[] input) {
    var bytes = Arrays.copyOf(input, 2 * TokenForm.SECRET_BYTES);
    var secret = Arrays.copyOf(bytes, TokenForm.SECRET_BYTES);
    var id = TokenForm.id(Arrays.copyOfRange(bytes, TokenForm.SECRET_BYTES, bytes.length));
    for (var form : new TokenForm[] {TokenForm.ACCESS, TokenForm.REFRESH}) {
      for (var prefix : new TokenPrefix[] {TokenPrefix.DEFAULT, new TokenPrefix("acme2")}) {
        var written = form.write(prefix, id, secret);

        assertThat(form.idIn(written)).contains(id);
        assertThat(form.prefixIn(written)).isEqualTo(prefix);
        assertThat(form.secretIn(written)).isEqualTo(secret);
        assertThat(AccessToken.parse(written).isPresent()).isEqualTo(form == TokenForm.ACCESS);
        assertThat(RefreshToken.parse(written).isPresent()).isEqualTo(form == TokenForm.REFRESH);
      }
    }
  }
}
