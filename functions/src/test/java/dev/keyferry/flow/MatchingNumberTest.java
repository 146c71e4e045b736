package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.flow.Grant.Claim;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfirmationTest {
  private final TestHasher hasher = new TestHasher();
  private final Locator locator = Samples.deviceCode().locator();
  private final Claim claim = new Claim(Samples.subject(), Samples.digest());

  private MatchingNumber of(Locator locator, Claim claim) {
    return MatchingNumber.of(hasher, locator, claim);
  }

  @Test
  void is_the_same_however_often_it_is_derived_and_after_a_rotation() {
    var number = of(locator, claim);
    hasher.rotateTo(2);

    assertThat(of(locator, claim)).isEqualTo(number);
  }

  @Test
  void depends_on_the_place_and_on_the_claim_and_on_its_own_subkey() {
    var places = Stream.generate(() -> of(Samples.deviceCode().locator(), claim));
    var claims = Stream.generate(() -> of(locator, new Claim(claim.subject(), Samples.digest())));
    var versions =
        IntStream.rangeClosed(1, 50)
            .mapToObj(version ->
                of(locator, new Claim(claim.subject(), new Digest(version, claim.nonce().mac()))));

    Stream.of(places.limit(50), claims.limit(50), versions)
        .forEach(numbers -> assertThat(new HashSet<>(numbers.toList())).hasSizeGreaterThan(20));
  }

  /// The bounds are five standard deviations away, and the draws are the same in each run.
  @Test
  void is_uniform_from_10_to_99() {
    var random = new Random(90);
    var place = Locator.of(new byte[32]);
    var counts = new int[100];
    for (int draw = 0; draw < 90 * 400; draw++) {
      var nonce = Digest.of(1, Secret.draw(random, 32).reveal());
      counts[of(place, new Claim(claim.subject(), nonce)).number()]++;
    }

    assertThat(IntStream.range(0, 10).map(number -> counts[number]).sum()).isZero();
    assertThat(IntStream.range(10, 100).mapToObj(number -> counts[number]))
        .allMatch(count -> count > 300 && count < 500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"47", "10", "99", "00", "07"})
  void is_two_digits_as_a_device_sends_it(String text) {
    assertThat(MatchingNumber.parse(text).orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "147", "4 7", " 47", "47 ", "+7", "-7", "4x", "٤٧", "0x"})
  void is_nothing_else(String text) {
    assertThat(MatchingNumber.parse(text)).isEmpty();
  }
}
