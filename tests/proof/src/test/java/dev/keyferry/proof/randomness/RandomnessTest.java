package dev.keyferry.proof.randomness;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Environment;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Issuance;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests the codes and tokens of a million logins from the platform's own generator: at each place,
/// each character is as frequent as it should be.
///
/// Not all characters should be equally frequent. 43 base62 digits can hold a little more than 256
/// bits, so the first is never `z` and seldom `y`. Six digits can hold 13 times a CRC-32, so the
/// first is 0 to 4. The expected frequencies follow digit by digit from the number of possible
/// values, see [#digits]. A remainder of too small a number would show as a deviation.
///
/// The test avoids accidental failures. With p below 0.001, for all places together or for the
/// worst one, it draws a second sample, because one sample in a thousand shows that with the best
/// generator. Only if both samples fail does the test fail: in one build in a hundred thousand. A
/// character that is a tenth too frequent at one place fails nearly always.
final class RandomnessTest {
  private static final int MANY = 1_000_000;
  private static final int EACH = 10_000;
  private static final double LEAST_P = 0.001;

  private static final long ODD = 0x9E3779B97F4A7C15L;

  /// The number of digits in each part of a token.
  private static final int ID = 16;

  private static final int SECRET = 43;
  private static final int CHECKSUM = 6;
  private static final int TOKEN = ID + 1 + SECRET + CHECKSUM;

  /// The offsets of a login's tokens, each after its prefix: `kfr_` and `kf_`.
  private static final int REFRESH = 64 + 8 + 4;

  private static final int ACCESS = REFRESH + TOKEN + 3;

  private static final DeviceRequest REQUEST =
      new DeviceRequest(
          CLI.id(),
          CLI.scopes(),
          Optional.empty(),
          Duration.ofHours(1),
          Optional.empty(),
          Optional.empty(),
          false,
          Origin.parse("192.0.2.7"),
          NOON);
  private static final Approver ADA = Samples.approver(new Subject("ada"));
  private static final String USER_CODE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final SecureRandom random = new SecureRandom();
  private final Hasher hasher = new QuickHasher();

  /// The expected distribution at one place of a text.
  ///
  /// @param frequencies of the characters of the alphabet, in its order
  private record Place(int at, String alphabet, List<Double> frequencies) {
    ChiSquared fit(Sample sample) {
      var seen = sample.counts[at];
      var counts = alphabet.chars().map(character -> seen[character]).toArray();
      assertThat(Arrays.stream(counts).sum()).isEqualTo(MANY);
      return ChiSquared.of(counts, frequencies.stream().mapToDouble(it -> it * MANY).toArray());
    }
  }

  /// The statistics of a million texts, without the texts.
  private static final class Sample {
    /// The count of each character at each place.
    private final int[][] counts;

    /// 64 bits of each part that must be unique. Two different parts have the same bits with a
    /// probability of 10^-7.
    private final long[][] prints;

    private Sample(int[][] counts, long[][] prints) {
      this.counts = counts;
      this.prints = prints;
    }

    static Sample of(Supplier<String> draw, int... ends) {
      var length = ends[ends.length - 1];
      var prints = new long[ends.length][MANY];
      var counts =
          IntStream.range(0, MANY / EACH)
              .parallel()
              .mapToObj(chunk -> {
                var chunkCounts = new int[length][128];
                for (int i = chunk * EACH; i < (chunk + 1) * EACH; i++) {
                  add(draw.get(), chunkCounts, prints, i, ends);
                }
                return chunkCounts;
              })
              .reduce(new int[length][128], Sample::sum);
      return new Sample(counts, prints);
    }

    private static void add(String text, int[][] counts, long[][] prints, int i, int... ends) {
      var print = 0L;
      var part = 0;
      for (int at = 0; at < counts.length; at++) {
        counts[at][text.charAt(at)]++;
        print = (print + text.charAt(at)) * ODD;
        print ^= print >>> 29;
        if (at == ends[part] - 1) {
          prints[part++][i] = print;
          print = 0;
        }
      }
    }

    private static int[][] sum(int[][] one, int[][] other) {
      return IntStream.range(0, one.length)
          .mapToObj(at ->
              IntStream.range(0, one[at].length).map(i -> one[at][i] + other[at][i]).toArray())
          .toArray(int[][]::new);
    }

    /// The number of texts that share this part with another one.
    long repeats(int part) {
      var sorted = prints[part].clone();
      Arrays.parallelSort(sorted);
      return IntStream.range(1, MANY).filter(i -> sorted[i] == sorted[i - 1]).count();
    }
  }

  @Test
  void a_million_logins_draw_uniform_values_that_never_repeat() {
    var places = new ArrayList<>(places(0, 64, BASE64));
    places.addAll(places(64, 8, USER_CODE));
    places.addAll(token(REFRESH));
    places.addAll(token(ACCESS));

    var ends = new int[] {64, 72, REFRESH + ID, REFRESH + TOKEN, ACCESS + TOKEN};
    var logins = uniform(() -> Sample.of(this::login, ends), places);

    assertThat(IntStream.of(0, 2, 3, 4).mapToLong(logins::repeats)).containsOnly(0L);
    // A million user codes among 2^40 have less than half a pair on average. Seven pairs have a
    // probability of 10^-8.
    assertThat(logins.repeats(1)).isLessThan(7);
  }

  @Test
  void a_remainder_of_too_small_a_number_would_be_found() {
    // A biased generator with one byte per character: 256 is four times 62, plus 8.
    var sample = Sample.of(() -> at(BASE62, random.nextInt(256) % BASE62.length()), 1);

    assertThat(worst(sample, places(0, 1, BASE62))).isLessThan(LEAST_P);
  }

  @Test
  void a_character_that_is_a_tenth_too_frequent_would_be_found() {
    // One character in 320 is replaced by the first of the 32.
    var sample =
        Sample.of(() -> at(USER_CODE, random.nextInt(320) == 0 ? 0 : random.nextInt(32)), 1);

    assertThat(worst(sample, places(0, 1, USER_CODE))).isLessThan(LEAST_P);
  }

  @Test
  void a_repeated_value_would_be_found() {
    var sample = Sample.of(() -> "%07d".formatted(random.nextInt(10_000_000)), 7);

    assertThat(sample.repeats(0)).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "10.828, 1, 0.001",
    "18.467, 4, 0.001",
    "61.098, 31, 0.001",
    "99.607, 60, 0.001",
    "149.449, 100, 0.001",
    "30.336, 31, 0.5",
    "15.655, 31, 0.99"
  })
  void p_matches_published_tables(double statistic, int freedom, double p) {
    assertThat(new ChiSquared(statistic, freedom).p()).isCloseTo(p, within(p / 500));
  }

  /// Returns the sample that passed.
  private static Sample uniform(Supplier<Sample> draw, List<Place> places) {
    var sample = draw.get();
    if (worst(sample, places) > LEAST_P) {
      return sample;
    }
    var again = draw.get();
    assertThat(worst(again, places)).as("p, in a second sample").isGreaterThan(LEAST_P);
    return again;
  }

  /// The smallest p: that of all places together, or that of the worst place, corrected for the
  /// number of places.
  private static double worst(Sample sample, List<Place> places) {
    var fits = places.stream().map(place -> place.fit(sample)).toList();
    var together = fits.stream().reduce(new ChiSquared(0, 0), ChiSquared::and).p();
    var worst = fits.stream().mapToDouble(ChiSquared::p).min().orElseThrow();
    return Math.min(together, worst * places.size());
  }

  private static String at(String alphabet, int index) {
    return alphabet.substring(index, index + 1);
  }

  private static List<Place> places(int from, int count, String alphabet) {
    var each = Collections.nCopies(alphabet.length(), 1.0 / alphabet.length());
    return IntStream.range(from, from + count)
        .mapToObj(at -> new Place(at, alphabet, each))
        .toList();
  }

  /// The places of a token after its prefix.
  private static List<Place> token(int from) {
    var places = new ArrayList<>(places(from, ID, BASE62));
    places.addAll(digits(from + ID + 1, SECRET, 256));
    places.addAll(digits(from + ID + 1 + SECRET, CHECKSUM, 32));
    return places;
  }

  /// The places of a uniform number of this many bits. Among the numbers below 2^bits, those with a
  /// certain digit at a place form runs as long as the place's value, one in each cycle of 62 runs.
  /// The last cycle is incomplete.
  private static List<Place> digits(int from, int width, int bits) {
    var base = BigInteger.valueOf(BASE62.length());
    var numbers = BigInteger.TWO.pow(bits);
    var places = new ArrayList<Place>();
    for (int place = 0; place < width; place++) {
      var run = base.pow(width - 1 - place);
      var cycles = numbers.divideAndRemainder(run.multiply(base));
      var frequencies =
          IntStream.range(0, BASE62.length())
              .mapToObj(digit -> cycles[1].subtract(run.multiply(BigInteger.valueOf(digit))))
              .map(cut -> cycles[0].multiply(run).add(cut.max(BigInteger.ZERO).min(run)))
              .map(having -> having.doubleValue() / numbers.doubleValue())
              .toList();
      places.add(new Place(from + place, BASE62, frequencies));
    }
    return Collections.unmodifiableList(places);
  }

  /// The values that a login with the real flow draws: a device code, its user code, a refresh
  /// token and an access token.
  private String login() {
    var keys = new InMemoryKeyStore();
    var flow =
        new DeviceFlow(
            new InMemoryGrantStore(keys),
            keys,
            hasher,
            new Issuance(TokenPrefix.DEFAULT, (_, _) -> ""),
            _ -> ConfirmationPolicy.OFF,
            new Environment(() -> NOON, random, _ -> {}));
    var codes = given(flow.authorize(REQUEST));
    var nonce = given(flow.claim(ADA.subject(), codes.userCode())).approvalNonce();
    given(flow.approve(ADA, codes.userCode(), nonce, Consent.TO_ALL));
    var issued =
        given(
            flow.poll(
                CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), Optional.empty()));
    return codes.deviceCode().reveal()
        + codes.userCode().characters()
        + issued.refreshToken().orElseThrow().reveal()
        + issued.accessToken().reveal();
  }

  private static <T> T given(Answer<T> answer) {
    return ((Answer.Given<T>) answer).value();
  }

  /// Computes the same HMACs as the other hashers, without looking up the algorithm each time.
  private static final class QuickHasher implements Hasher {
    private final ThreadLocal<Mac> mac = ThreadLocal.withInitial(QuickHasher::mac);

    private static Mac mac() {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        var subkey = "for-tests-alone".getBytes(StandardCharsets.US_ASCII);
        mac.init(new SecretKeySpec(subkey, "HmacSHA256"));
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HmacSHA256", e);
      }
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public byte[] hmac(Purpose purpose, int version, byte[] message) {
      mac.get().update(purpose.label().getBytes(StandardCharsets.US_ASCII));
      return mac.get().doFinal(message);
    }

    @Override
    public boolean isAvailable(Purpose purpose, int version) {
      return true;
    }
  }
}
