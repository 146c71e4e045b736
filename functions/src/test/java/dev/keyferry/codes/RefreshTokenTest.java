package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Samples;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Tests how an issued refresh token differs from one that was never issued.
final class RefreshTokenTest {
  private final TestHasher hasher = new TestHasher();
  private final RefreshToken first = Samples.first(hasher, 1, Samples.deviceCode());

  private static byte[] secretOf(RefreshToken token) {
    return TokenForm.REFRESH.secretIn(token.reveal());
  }

  private static RefreshToken with(KeyId id, byte[] secret) {
    return RefreshToken.parse(TokenForm.REFRESH.write(TokenPrefix.DEFAULT, id, secret))
        .orElseThrow();
  }

  @Test
  void of_every_generation_is_genuine() {
    var token = first;
    for (int number = 0; number < 1000; number++) {
      assertThat(token.isGenuine(hasher, 1)).as("%s", number).isTrue();
      assertThat(with(token.id(), secretOf(token)).reveal()).isEqualTo(token.reveal());
      token = token.next(hasher, 1, 0);
    }
  }

  @Test
  void with_any_bit_of_its_secret_changed_is_not() {
    var secret = secretOf(first);
    for (int bit = 0; bit < 256; bit++) {
      var changed = secret.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(with(first.id(), changed).isGenuine(hasher, 1)).as("bit %s", bit).isFalse();
    }
  }

  @Test
  void with_the_secret_of_another_key_is_not() {
    var other = Samples.first(hasher, 1, Samples.deviceCode());

    assertThat(with(first.id(), secretOf(other)).isGenuine(hasher, 1)).isFalse();
  }

  @Test
  void under_another_prefix_is_not() {
    var acme = TokenForm.REFRESH.write(new TokenPrefix("acme"), first.id(), secretOf(first));

    assertThat(RefreshToken.parse(acme).orElseThrow().isGenuine(hasher, 1)).isFalse();
  }

  @Test
  void of_another_version_is_not() {
    assertThat(first.isGenuine(hasher, 2)).isFalse();
  }

  /// 43 digits can hold 0.4 % more values than 256 bits.
  @Test
  void with_more_than_256_bits_is_not() {
    var token = first;
    var more = BigInteger.ONE.shiftLeft(256).add(new BigInteger(1, secretOf(token)));
    while (more.compareTo(BigInteger.valueOf(62).pow(43)) >= 0) {
      token = token.next(hasher, 1, 0);
      more = BigInteger.ONE.shiftLeft(256).add(new BigInteger(1, secretOf(token)));
    }
    var twin = with(token.id(), more.toByteArray());

    assertThat(secretOf(twin)).isEqualTo(secretOf(token));
    assertThat(twin.isGenuine(hasher, 1)).isFalse();
  }

  @Test
  void shares_no_half_of_its_secret_with_the_next() {
    var one = secretOf(first);
    var next = secretOf(first.next(hasher, 1, 0));

    assertThat(Arrays.copyOf(one, 16)).isNotEqualTo(Arrays.copyOf(next, 16));
    assertThat(Arrays.copyOfRange(one, 16, 32)).isNotEqualTo(Arrays.copyOfRange(next, 16, 32));
    assertThat(Arrays.copyOf(one, 16)).isNotEqualTo(Arrays.copyOfRange(one, 16, 32));
  }

  @Test
  void at_random_is_not() {
    var random = new Random(6749);
    for (int tries = 0; tries < 1000; tries++) {
      var secret = Secret.draw(random, 32).reveal();
      assertThat(with(first.id(), secret).isGenuine(hasher, 1)).isFalse();
    }
  }

  @Test
  void costs_one_hmac_to_judge() {
    var before = hasher.made();

    assertThat(first.isGenuine(hasher, 1)).isTrue();

    assertThat(hasher.made() - before).isEqualTo(1);
  }
}
