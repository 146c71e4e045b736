package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.keyferry.flow.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the prefixes of tokens.
final class TokenPrefixTest {
  private final TestHasher hasher = new TestHasher();

  private RefreshToken under(String prefix) {
    return Samples.first(new TokenPrefix(prefix), hasher, 1, Samples.deviceCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"kf", "a1", "acme", "r2", "rk", "abcdefghi9"})
  void of_two_to_ten_letters_and_digits_is_that_of_both_tokens(String prefix) {
    var refresh = under(prefix);
    var access = refresh.access(hasher, 1);

    assertThat(access.reveal()).matches(prefix + "_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
    assertThat(refresh.reveal()).matches(prefix + "r_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
    assertThat(AccessToken.parse(access.reveal()).map(AccessToken::id)).contains(refresh.id());
    var read = RefreshToken.parse(refresh.reveal()).orElseThrow();
    assertThat(read.id()).isEqualTo(refresh.id());
    assertThat(read.isGenuine(hasher, 1)).isTrue();
    assertThat(read.next(hasher, 1, 0).reveal()).startsWith(prefix + "r_");
  }

  /// Under `kf`, `kfr_` begins a refresh token. Under `kfr`, it would begin an access token.
  @Test
  void ends_in_no_r_and_so_no_token_is_of_two_kinds() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenPrefix("kfr"));
    for (var prefix : new String[] {"kf", "acme", "rk"}) {
      var refresh = under(prefix);
      assertThat(AccessToken.parse(refresh.reveal())).isEmpty();
      assertThat(RefreshToken.parse(refresh.access(hasher, 1).reveal())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "k", "1k", "Kf", "kF", "k_", "k-f", "k f", "kf\n", "kü", "abcdefghijk", "kr"})
  void is_nothing_else(String prefix) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenPrefix(prefix));
  }
}
