package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenForm;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.Key.Issue;
import dev.keyferry.flow.Key.Previous;
import dev.keyferry.flow.Key.Terms;
import dev.keyferry.flow.KeyStore.Revoker;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of refreshes as a client sees them, by section of the RFCs.
final class RefreshTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Scope OFFLINE = new Scope(List.of("read", Scope.OFFLINE_ACCESS));
  private static final Subject ADA = new Subject("ada");
  private static final Optional<String> ONCE = Optional.empty();
  private static final int CONTENDERS = 32;

  private static final Client OTHER =
      new Client("other", "Other", CLI.grantTypes(), CLI.scopes(), CLI.defaultLifetime(), YEAR);

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final TestEncrypter encrypter = new TestEncrypter();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final Random random = new Random(8628);
  private DeviceFlow deviceFlow = minting(TokenPrefix.DEFAULT);
  private final Refresh flow = flowOver(keys);
  private final KeyVerifier verifier =
      new KeyVerifier(keys, hasher, new Environment(clock, new Random(), _ -> {}));

  private Refresh flowOver(KeyStore keys) {
    return new Refresh(keys, hasher, encrypter, new Environment(clock, random, _ -> {}));
  }

  private DeviceFlow minting(TokenPrefix prefix) {
    return new DeviceFlow(
        grants,
        keys,
        hasher,
        new Issuance(prefix, encrypter),
        _ -> ConfirmationPolicy.MISMATCH,
        new Environment(clock, random, _ -> {}));
  }

  private static <T> T given(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Given.class);
    return ((Given<T>) answer).value();
  }

  private static void assertInvalidGrant(Answer<IssuedKey> answer) {
    assertThat(answer).isEqualTo(new Declined<>(OAuthError.INVALID_REFRESH_TOKEN));
  }

  private Authorize.Codes approved(Scope scope, Duration lifetime) {
    return approved(Samples.request(clock.instant()), scope, lifetime);
  }

  private Authorize.Codes approved(DeviceRequest asked, Scope scope, Duration lifetime) {
    return approved(asked, scope, lifetime, Consent.TO_ALL);
  }

  private Authorize.Codes approved(
      DeviceRequest asked, Scope scope, Duration lifetime, Consent consent) {
    var codes =
        given(
            deviceFlow.authorize(
                new DeviceRequest(
                    asked.clientId(),
                    scope,
                    asked.deviceName(),
                    lifetime,
                    asked.challenge(),
                    asked.delivery(),
                    asked.confirmationSupported(),
                    asked.origin(),
                    asked.at())));
    var nonce = given(deviceFlow.claim(ADA, codes.userCode())).approvalNonce();
    given(deviceFlow.approve(Samples.approver(ADA), codes.userCode(), nonce, consent));
    return codes;
  }

  private IssuedKey poll(Authorize.Codes codes) {
    return given(poll(codes, ONCE));
  }

  private Answer<IssuedKey> poll(Authorize.Codes codes, Optional<String> idempotencyKey) {
    return deviceFlow.poll(
        CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), idempotencyKey);
  }

  private IssuedKey link(Duration lifetime) {
    return poll(approved(OFFLINE, lifetime));
  }

  private IssuedKey link() {
    return link(HOUR);
  }

  private static RefreshToken token(IssuedKey issued) {
    return issued.refreshToken().orElseThrow();
  }

  private Answer<IssuedKey> refresh(IssuedKey issued) {
    return flow.refresh(CLI, token(issued), caller(ONCE));
  }

  private Answer<IssuedKey> refresh(IssuedKey issued, String idempotencyKey) {
    return flow.refresh(CLI, token(issued), caller(Optional.of(idempotencyKey)));
  }

  private boolean opens(IssuedKey issued) {
    return verifier.verify(issued.accessToken()).isPresent();
  }

  private IssuedKey opened(IssuedKey issued) {
    assertThat(opens(issued)).isTrue();
    return issued;
  }

  private Key row(IssuedKey issued) {
    return keys.find(issued.key().id()).orElseThrow();
  }

  private void assertRevoked(IssuedKey issued) {
    assertThat(row(issued).revokedAt()).contains(clock.instant());
    assertThat(opens(issued)).isFalse();
  }

  private void assertNotRevoked(IssuedKey issued) {
    assertThat(row(issued).revokedAt()).isEmpty();
  }

  private static void assertSameTokens(IssuedKey one, IssuedKey other) {
    assertThat(one.accessToken().reveal()).isEqualTo(other.accessToken().reveal());
    assertThat(token(one).reveal()).isEqualTo(token(other).reveal());
    assertThat(one.key().expiresAt()).isEqualTo(other.key().expiresAt());
    assertThat(one.key().generation().seal()).isEqualTo(other.key().generation().seal());
  }

  /// A token of the right form and id that was never issued.
  private static RefreshToken garbage(IssuedKey issued) {
    var secret = BigInteger.valueOf(8628).toByteArray();
    return RefreshToken.parse(
            TokenForm.REFRESH.write(TokenPrefix.DEFAULT, issued.key().id(), secret))
        .orElseThrow();
  }

  private static <T> List<T> race(Callable<T> call) throws InterruptedException {
    var start = new CyclicBarrier(CONTENDERS);
    Callable<T> together =
        () -> {
          start.await();
          return call.call();
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.invokeAll(Collections.nCopies(CONTENDERS, together)).stream()
          .map(Future::resultNow)
          .toList();
    }
  }

  @Nested
  class Rfc6749Section6Refreshing {
    @Test
    void returns_both_new_tokens_for_the_same_device_on_the_same_terms() {
      var first = link();
      clock.advance(HOUR);

      var second = given(refresh(first));

      assertThat(second.key().id()).isEqualTo(first.key().id());
      assertThat(second.key().terms()).isEqualTo(first.key().terms());
      assertThat(second.key().expiresAt()).isEqualTo(clock.instant().plus(HOUR));
      assertThat(second.accessToken().reveal()).isNotEqualTo(first.accessToken().reveal());
      assertThat(token(second).reveal()).isNotEqualTo(token(first).reveal());
      assertThat(opens(second)).isTrue();
      assertThat(row(first))
          .usingRecursiveComparison()
          .ignoringFields("lastUsedAt", "generation.issue")
          .isEqualTo(second.key());
    }

    @Test
    void continues_for_many_generations() {
      var present = link();
      for (int number = 1; number <= 100; number++) {
        clock.advance(HOUR);
        present = given(refresh(present));

        assertThat(present.key().generation().number()).isEqualTo(number);
        assertThat(opens(present)).isTrue();
      }
    }

    @Test
    void keeps_the_previous_access_token_valid_for_a_minute() {
      var first = link();
      var second = given(refresh(first));
      var end = clock.instant().plus(Key.ACCESS_GRACE);

      clock.set(end.minus(MILLISECOND));
      assertThat(opens(first)).isTrue();
      clock.set(end);
      assertThat(opens(first)).isFalse();
      clock.set(end.plus(MILLISECOND));
      assertThat(opens(first)).isFalse();
      assertThat(opens(second)).isTrue();
    }

    @Test
    void reports_the_expiry_of_each_access_token() {
      var first = link();
      assertThat(until(first)).isEqualTo(first.key().expiresAt());
      clock.advance(Duration.ofMinutes(1));

      var second = given(refresh(first));

      assertThat(until(first)).isEqualTo(clock.instant().plus(Key.ACCESS_GRACE));
      assertThat(until(second)).isEqualTo(clock.instant().plus(HOUR));
      clock.set(second.key().expiresAt().minus(MILLISECOND));
      var third = given(refresh(second));
      assertThat(until(second)).isEqualTo(second.key().expiresAt());
      assertThat(until(third)).isEqualTo(clock.instant().plus(HOUR));
    }

    private Instant until(IssuedKey issued) {
      var until = verifier.verify(issued.accessToken()).orElseThrow().until();
      assertThat(verifier.verify(issued.accessToken()).orElseThrow().until()).isEqualTo(until);
      return until;
    }

    @Test
    void keeps_the_previous_access_token_valid_no_longer_than_its_lifetime() {
      var first = link();
      clock.set(first.key().expiresAt().minus(MILLISECOND));
      var second = given(refresh(first));

      assertThat(opens(first)).isTrue();
      clock.set(first.key().expiresAt());
      assertThat(opens(first)).isFalse();
      assertThat(opens(second)).isTrue();
    }

    @Test
    void does_not_revive_an_expired_access_token() {
      var first = link();
      clock.set(first.key().expiresAt());
      assertThat(opens(given(refresh(first)))).isTrue();

      assertThat(opens(first)).isFalse();
    }

    @Test
    void keeps_only_one_previous_access_token_valid() {
      var first = link();
      var second = given(refresh(first));
      var third = given(refresh(second));

      assertThat(opens(first)).isFalse();
      assertThat(opens(second)).isTrue();
      assertThat(opens(third)).isTrue();
    }

    @Test
    void stores_no_token_and_no_idempotency_key_in_plaintext() {
      var first = link();
      var second = given(refresh(first, "a-name-that-must-not-be-kept"));

      assertThat(row(first).toString())
          .doesNotContain("a-name-that-must-not-be-kept")
          .doesNotContain(second.accessToken().reveal().substring(20))
          .doesNotContain(token(second).reveal().substring(21));
      assertThat(token(second).toString()).doesNotContain(token(second).reveal().substring(21));
    }

    @Test
    void is_only_for_the_client_that_the_token_was_issued_to() {
      var first = link();
      var before = row(first);

      assertInvalidGrant(flow.refresh(OTHER, token(first), caller(ONCE)));

      assertThat(row(first)).isEqualTo(before);
      given(refresh(first));
      clock.advance(Refresh.GRACE);
      assertInvalidGrant(flow.refresh(OTHER, token(first), caller(ONCE)));
      assertNotRevoked(first);
    }

    @Test
    void is_refused_if_the_client_may_now_have_less_than_was_approved() {
      var first = link();
      var before = row(first);
      for (var narrowed :
          List.of(
              cli(List.of("write", Scope.OFFLINE_ACCESS), YEAR),
              cli(List.of("read"), YEAR),
              cli(OFFLINE.tokens(), HOUR.minus(MILLISECOND)))) {
        assertInvalidGrant(flow.refresh(narrowed, token(first), caller(ONCE)));

        assertThat(row(first)).isEqualTo(before);
      }
      assertThat(opens(first)).isTrue();

      given(flow.refresh(cli(OFFLINE.tokens(), HOUR), token(first), caller(ONCE)));
    }

    @Test
    void is_not_repeated_either_if_the_client_may_now_have_less_than_was_approved() {
      var first = link();
      var second = given(refresh(first, "a"));
      for (var narrowed :
          List.of(cli(List.of("read"), YEAR), cli(OFFLINE.tokens(), HOUR.minus(MILLISECOND)))) {
        assertInvalidGrant(flow.refresh(narrowed, token(first), caller(Optional.of("a"))));
      }

      assertSameTokens(given(refresh(first, "a")), second);
    }

    @Test
    void detects_reuse_if_the_client_may_now_have_less_than_was_approved() {
      var first = link();
      var third = given(refresh(given(refresh(first))));

      assertInvalidGrant(flow.refresh(cli(List.of("read"), YEAR), token(first), caller(ONCE)));

      assertRevoked(third);
    }

    private static Client cli(List<String> scope, Duration maxLifetime) {
      return new Client(
          CLI.id(),
          CLI.name(),
          CLI.grantTypes(),
          new Scope(scope),
          CLI.defaultLifetime(),
          maxLifetime);
    }

    @Test
    void is_not_for_a_key_without_offline_access_even_if_its_token_were_known() {
      var codes = approved(Samples.SCOPE, HOUR);
      var issued = poll(codes);
      assertThat(issued.refreshToken()).isEmpty();
      var before = row(issued);

      var derived = Samples.first(hasher, 1, codes.deviceCode());
      assertThat(derived.access(hasher, 1).reveal()).isEqualTo(issued.accessToken().reveal());
      assertInvalidGrant(flow.refresh(CLI, derived, caller(ONCE)));

      assertThat(row(issued)).isEqualTo(before);
    }

    @Test
    void is_refused_for_a_token_without_a_key() {
      var unknown = Samples.first(hasher, 1, Samples.deviceCode());

      assertInvalidGrant(flow.refresh(CLI, unknown, caller(ONCE)));
    }

    @Test
    void is_refused_to_a_revoked_device() {
      var first = link();
      keys.revoke(first.key().id(), new Revoker.Owner(ADA), clock.instant());
      var before = row(first);
      clock.advance(MILLISECOND);

      assertInvalidGrant(refresh(first));

      assertThat(row(first)).isEqualTo(before);
    }

    @Test
    void is_refused_while_the_subject_is_disabled() {
      var first = link();
      Samples.disabling(keys).disable(ADA);

      assertInvalidGrant(refresh(first));
      assertThat(opens(first)).isFalse();
    }

    @Test
    void is_refused_after_a_sign_out_that_came_after_the_approval() {
      var first = link();
      keys.signOut(ADA, NOON.minus(MILLISECOND));
      var second = given(refresh(first));

      for (var at : List.of(NOON, NOON.plus(MILLISECOND))) {
        keys.signOut(ADA, at);

        assertInvalidGrant(refresh(second));
        assertThat(opens(second)).isFalse();
      }
    }
  }

  @Nested
  class Rfc9700Section4Point14Lifetimes {
    @Test
    void a_device_that_was_idle_for_thirty_days_is_not_renewed() {
      for (var before : List.of(MILLISECOND, Duration.ZERO, MILLISECOND.negated())) {
        var issued = link();
        clock.advance(MONTH.minus(before));

        var answer = refresh(issued);

        assertThat(answer instanceof Given).as("%s before", before).isEqualTo(before.isPositive());
        assertNotRevoked(issued);
      }
    }

    @Test
    void each_refresh_restarts_the_thirty_days() {
      var first = link();
      clock.advance(MONTH.minus(MILLISECOND));
      var second = given(refresh(first));
      clock.advance(MONTH.minus(MILLISECOND));
      var third = given(refresh(second));
      clock.advance(MONTH);

      assertInvalidGrant(refresh(third));
    }

    @Test
    void a_family_ends_after_ninety_days_however_busy() {
      for (var before : List.of(MILLISECOND, Duration.ZERO, MILLISECOND.negated())) {
        var createdAt = clock.instant();
        var present = link();
        for (int refreshes = 0; refreshes < 4; refreshes++) {
          clock.advance(Duration.ofDays(20));
          present = given(refresh(present));
        }
        clock.set(createdAt.plus(Key.LONGEST_FAMILY).minus(before));

        var answer = refresh(present);

        assertThat(answer instanceof Given).as("%s before", before).isEqualTo(before.isPositive());
      }
    }

    @Test
    void a_shortened_lifetime_of_a_key_also_ends_the_link() {
      for (var before : List.of(MILLISECOND, Duration.ZERO, MILLISECOND.negated())) {
        var shorter = new Consent(Optional.empty(), Optional.of(HOUR), Optional.empty());
        var asked = Samples.request(clock.instant());
        var first = poll(approved(asked, OFFLINE, YEAR, shorter));
        var end = clock.instant().plus(HOUR);
        assertThat(first.key().expiresAt()).isEqualTo(end);
        assertThat(first.key().end()).isEqualTo(end);
        clock.advance(Duration.ofMinutes(50));
        var second = given(refresh(first));
        assertThat(second.key().expiresAt()).isEqualTo(end);
        clock.set(end.minus(before));

        assertThat(opens(second)).as("%s before", before).isEqualTo(before.isPositive());
        assertThat(refresh(second) instanceof Given).isEqualTo(before.isPositive());
      }
    }

    @Test
    void a_link_may_be_approved_for_longer_than_one_token_but_less_than_ninety_days() {
      var month = Duration.ofDays(30);
      var consent = new Consent(Optional.empty(), Optional.of(month), Optional.empty());

      var terms =
          poll(approved(Samples.request(clock.instant()), OFFLINE, HOUR, consent)).key().terms();

      assertThat(terms.lifetime()).isEqualTo(HOUR);
      assertThat(terms.linkedUntil()).isEqualTo(clock.instant().plus(month));
    }

    @Test
    void a_longer_life_than_ninety_days_does_not_lengthen_the_link() {
      var longer = new Consent(Optional.empty(), Optional.of(YEAR), Optional.empty());
      var issued = poll(approved(Samples.request(clock.instant()), OFFLINE, YEAR, longer));

      assertThat(issued.key().terms().linkedUntil()).isEqualTo(NOON.plus(Key.LONGEST_FAMILY));
    }

    @Test
    void no_access_token_outlives_its_family() {
      var end = NOON.plus(Key.LONGEST_FAMILY);
      var first = link(YEAR);
      assertThat(first.key().expiresAt()).isEqualTo(end);
      clock.advance(MONTH.minus(MILLISECOND));
      var second = given(refresh(first));
      assertThat(second.key().expiresAt()).isEqualTo(end);

      clock.set(end.minus(MILLISECOND));
      assertThat(opens(second)).isTrue();
      clock.set(end);
      assertThat(opens(second)).isFalse();
      clock.set(end.plus(MILLISECOND));
      assertThat(opens(second)).isFalse();
    }

    @Test
    void without_offline_access_a_key_has_the_approved_lifetime() {
      assertThat(poll(approved(Samples.SCOPE, YEAR)).key().expiresAt()).isEqualTo(NOON.plus(YEAR));
    }
  }

  /// docs/decisions/0009.
  @Nested
  class RepeatedRefreshes {
    private final IssuedKey first = link();
    private final Instant refreshedAt = clock.instant();
    private final IssuedKey second = given(refresh(first, "a"));

    private static Caller from(String origin, String idempotencyKey) {
      var address =
          switch (origin) {
            case "here" -> "192.0.2.7";
            case "elsewhere" -> "198.51.100.9";
            default -> "2001:db8::7";
          };
      return new Caller(
          Origin.parse(address), Optional.of(idempotencyKey).filter(key -> !key.equals("none")));
    }

    @ParameterizedTest
    @CsvSource({
      "unconfirmed, PT0S,      a,    here,         the same",
      "unconfirmed, PT29.999S, a,    here,         the same",
      "unconfirmed, PT29.999S, a,    elsewhere,    the same",
      "unconfirmed, PT29.999S, b,    here,         the same",
      "unconfirmed, PT29.999S, none, here,         the same",
      "unconfirmed, PT29.999S, none, other family, the same",
      "unconfirmed, PT0S,      b,    elsewhere,    a branch",
      "unconfirmed, PT29.999S, none, elsewhere,    a branch",
      "unconfirmed, PT30S,     a,    here,         the same",
      "unconfirmed, PT59M59S,  a,    elsewhere,    the same",
      "unconfirmed, PT1H,      a,    here,         a branch",
      "unconfirmed, PT30S,     b,    here,         a branch",
      "unconfirmed, PT30S,     none, here,         a branch",
      "unconfirmed, PT30S,     none, other family, a branch",
      "unconfirmed, PT48H,     none, elsewhere,    a branch",
      "confirmed,   PT0S,      a,    here,         the same",
      "confirmed,   PT29.999S, a,    elsewhere,    the same",
      "confirmed,   PT29.999S, b,    here,         nothing",
      "confirmed,   PT29.999S, none, here,         nothing",
      "confirmed,   PT29.999S, none, other family, nothing",
      "confirmed,   PT0S,      b,    elsewhere,    reuse",
      "confirmed,   PT29.999S, none, elsewhere,    reuse",
      "confirmed,   PT30S,     a,    here,         nothing",
      "confirmed,   PT48H,     a,    elsewhere,    nothing",
      "confirmed,   PT30S,     b,    here,         reuse",
      "confirmed,   PT30S,     none, here,         reuse",
      "confirmed,   PT30S,     none, other family, reuse",
      "confirmed,   PT30S,     none, elsewhere,    reuse"
    })
    void get(String use, Duration after, String name, String origin, String outcome) {
      if (use.equals("confirmed")) {
        assertThat(opens(second)).isTrue();
      }
      clock.advance(after);
      var before = row(first);

      var answer = flow.refresh(CLI, token(first), from(origin, name));

      switch (outcome) {
        case "the same" -> {
          assertSameTokens(given(answer), second);
          assertThat(row(first)).isEqualTo(before);
        }
        case "a branch" -> assertBranch(given(answer), second, 1);
        case "nothing" -> {
          assertInvalidGrant(answer);
          assertThat(row(first)).isEqualTo(before);
        }
        default -> {
          assertInvalidGrant(answer);
          assertRevoked(second);
        }
      }
    }

    private void assertBranch(IssuedKey branch, IssuedKey replaced, long number) {
      assertThat(branch.key().generation().number())
          .isEqualTo(replaced.key().generation().number());
      assertThat(branch.key().generation().issue().branch()).isEqualTo(number);
      assertThat(branch.accessToken().reveal()).isNotEqualTo(replaced.accessToken().reveal());
      assertThat(token(branch).reveal()).isNotEqualTo(token(replaced).reveal());
      assertThat(opens(replaced)).isFalse();
      assertThat(opens(branch)).isTrue();
    }

    private IssuedKey branch() {
      return given(flow.refresh(CLI, token(first), from("elsewhere", "none")));
    }

    @Test
    void branch_any_number_of_times() {
      var replaced = second;
      for (int number = 1; number <= 5; number++) {
        clock.advance(Refresh.GRACE);
        var branch = branch();
        assertThat(branch.key().generation().issue().branch()).isEqualTo(number);
        assertThat(opens(replaced)).isFalse();
        replaced = branch;
      }
      assertThat(opens(replaced)).isTrue();
      given(refresh(replaced));
    }

    @Test
    void with_the_token_of_a_dead_branch_are_reuse() {
      var branch = branch();

      assertInvalidGrant(refresh(second, "a"));

      assertRevoked(branch);
    }

    @Test
    void of_a_branch_get_the_branch() {
      var branch = branch();

      assertSameTokens(given(flow.refresh(CLI, token(first), from("elsewhere", "none"))), branch);
    }

    @Test
    void do_not_extend_the_parents_access() {
      clock.advance(Key.ACCESS_GRACE.minus(MILLISECOND));
      branch();

      assertThat(opens(first)).isTrue();
      clock.advance(MILLISECOND);
      assertThat(opens(first)).isFalse();
    }

    @Test
    void do_not_extend_the_parents_idle_time() {
      clock.set(refreshedAt.plus(MONTH).minus(MILLISECOND));
      var branch = branch();
      clock.advance(MILLISECOND);

      assertInvalidGrant(flow.refresh(CLI, token(first), from("here", "b")));

      assertNotRevoked(first);
      given(refresh(branch));
    }

    @Test
    void branch_no_longer_than_the_link() {
      var shorter = new Consent(Optional.empty(), Optional.of(HOUR), Optional.empty());
      var asked = Samples.request(clock.instant());
      var first = poll(approved(asked, OFFLINE, YEAR, shorter));
      given(refresh(first));
      clock.advance(HOUR.minus(MILLISECOND));
      given(refresh(first));
      clock.advance(Refresh.GRACE);

      assertInvalidGrant(refresh(first));
    }

    @Test
    void are_reuse_once_the_branch_is_in_use() {
      assertThat(opens(branch())).isTrue();
      clock.advance(Refresh.GRACE);

      assertInvalidGrant(refresh(first, "a"));

      assertRevoked(first);
    }

    @Test
    void get_nothing_once_the_device_was_revoked_or_its_subject_signed_out() {
      keys.signOut(ADA, clock.instant());
      assertInvalidGrant(refresh(first, "a"));

      keys.revoke(first.key().id(), new Revoker.Owner(ADA), clock.instant());
      assertInvalidGrant(refresh(first, "a"));
    }

    @Test
    void by_another_client_get_nothing() {
      assertInvalidGrant(flow.refresh(OTHER, token(first), caller(Optional.of("a"))));
    }

    @Test
    void with_another_devices_idempotency_key_are_other_requests() {
      var elsewhere = link();
      var lost = given(refresh(elsewhere));
      clock.advance(Refresh.GRACE);

      assertThat(given(refresh(elsewhere, "a")).accessToken().reveal())
          .isNotEqualTo(lost.accessToken().reveal());
    }

    @Test
    void do_not_get_a_refreshed_key_for_the_poll_that_got_the_first() {
      var codes = approved(OFFLINE, HOUR);
      var poll = Optional.of("a poll");
      var fetched = given(poll(codes, poll));
      assertSameTokens(given(poll(codes, poll)), fetched);
      given(refresh(fetched));

      assertThat(poll(codes, poll)).isEqualTo(new Declined<>(OAuthError.INVALID_GRANT));
    }

    /// A row of the version before issues, or one that it renewed since.
    @Test
    void of_a_generation_without_an_issue_count_as_unconfirmed_and_of_any_network() {
      keys.forge(first.key().id(), key -> withIssue(key, Issue.unknown(Optional.empty())));

      assertSameTokens(given(flow.refresh(CLI, token(first), from("elsewhere", "b"))), second);
      clock.advance(Refresh.GRACE);
      assertBranch(branch(), second, 1);
    }

    /// The version before tags wrote access tokens without one.
    @Test
    void get_an_access_token_without_a_tag_again() {
      var version = second.key().generation().version();
      var untagged = token(second).accessWithoutTag(hasher, version);
      var generation = second.key().generation();
      keys.forge(
          first.key().id(),
          key ->
              Samples.withGeneration(
                  key,
                  Seals.sealed(
                      hasher,
                      key.id(),
                      new Generation(
                          generation.number(),
                          hasher.digest(Purpose.KEY, untagged.bytes()),
                          generation.refresh(),
                          generation.issuedAt(),
                          generation.previous(),
                          generation.seal(),
                          generation.attempt(),
                          generation.issue()))));

      var again = given(refresh(first, "a"));

      assertThat(again.accessToken().reveal()).isEqualTo(untagged.reveal());
      assertThat(opens(again)).isTrue();
    }

    @Test
    void find_no_key_if_the_issue_was_edited() {
      var issue = row(first).generation().issue();
      for (var edited :
          List.of(
              new Issue(1, issue.origin(), issue.idempotencyKey(), false, issue.seal()),
              new Issue(0, Optional.empty(), issue.idempotencyKey(), false, issue.seal()),
              new Issue(0, issue.origin(), Optional.empty(), false, issue.seal()),
              new Issue(0, issue.origin(), issue.idempotencyKey(), true, issue.seal()),
              new Issue(0, issue.origin(), issue.idempotencyKey(), true, Digest.NONE),
              new Issue(1, Optional.empty(), Optional.empty(), false, Digest.NONE))) {
        keys.forge(first.key().id(), key -> withIssue(key, edited));

        assertInvalidGrant(refresh(first, "a"));
        assertInvalidGrant(refresh(second));
        assertThat(opens(second)).isFalse();
      }
    }

    private static Key withIssue(Key key, Issue issue) {
      return Samples.withGeneration(key, Samples.withIssue(key.generation(), issue));
    }
  }

  @Nested
  class Rfc9700Section4Point14Point2Reuse {
    private final IssuedKey first = link();
    private final IssuedKey second = given(refresh(first));

    @Test
    void of_an_older_token_revokes_the_device_at_once() {
      var third = given(refresh(second));

      assertInvalidGrant(refresh(first));

      assertRevoked(third);
      assertInvalidGrant(refresh(third));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50, 500})
    void of_a_token_any_number_of_generations_back_is_recognised(int back) {
      var used = given(refresh(second));
      var present = generations(back, used);
      assertThat(opens(present)).isTrue();
      clock.advance(Refresh.GRACE);

      assertInvalidGrant(refresh(used));

      assertRevoked(present);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 500})
    void costs_a_few_hashes_to_tell_from_garbage_in_any_generation(int number) {
      var present = generations(number, second);
      assertThat(opens(present)).isTrue();
      clock.advance(Refresh.GRACE);

      assertThat(hashesOf(() -> flow.refresh(CLI, garbage(first), caller(ONCE))))
          .isLessThanOrEqualTo(7);
      assertThat(hashesOf(() -> flow.refresh(CLI, withRandomTag(first), caller(ONCE))))
          .isLessThanOrEqualTo(7);
      assertNotRevoked(present);
      assertThat(hashesOf(() -> refresh(first))).isLessThanOrEqualTo(7);
      assertRevoked(present);
    }

    private IssuedKey generations(int number, IssuedKey from) {
      var present = from;
      for (int i = 0; i < number; i++) {
        present = given(refresh(present));
      }
      return present;
    }

    private int hashesOf(Supplier<Answer<IssuedKey>> refresh) {
      var before = hasher.made();
      assertInvalidGrant(refresh.get());
      return hasher.made() - before;
    }

    /// A token with a link of the chain that was issued, or will be, and a tag that was not.
    private static RefreshToken withRandomTag(IssuedKey issued) {
      var secret = TokenForm.REFRESH.secretIn(token(issued).reveal());
      System.arraycopy(Secret.draw(new Random(7009), 16).reveal(), 0, secret, 16, 16);
      return RefreshToken.parse(
              TokenForm.REFRESH.write(TokenPrefix.DEFAULT, issued.key().id(), secret))
          .orElseThrow();
    }

    @Test
    void is_recognised_with_any_idempotency_key() {
      var third = given(refresh(second, "a"));
      var fourth = given(refresh(third, "b"));

      assertInvalidGrant(refresh(second, "a"));

      assertRevoked(fourth);
    }

    @Test
    void is_not_garbage_with_a_valid_checksum() {
      assertInvalidGrant(flow.refresh(CLI, garbage(first), caller(ONCE)));
      clock.advance(Refresh.GRACE);
      assertInvalidGrant(flow.refresh(CLI, garbage(first), caller(Optional.of("a"))));
      assertInvalidGrant(flow.refresh(CLI, withRandomTag(first), caller(ONCE)));
      assertInvalidGrant(flow.refresh(CLI, withRandomTag(second), caller(ONCE)));

      assertNotRevoked(first);
      given(refresh(second));
    }

    @Test
    void is_not_a_token_of_another_device() {
      var elsewhere = token(link()).reveal().substring(21);
      var crossed = "kfr_" + first.key().id() + "_" + elsewhere;
      assertThat(RefreshToken.parse(crossed)).as("its checksum covers the id").isEmpty();
    }

    @Test
    void keeps_the_time_of_the_first_time() {
      assertThat(opens(second)).isTrue();
      clock.advance(Refresh.GRACE);
      assertInvalidGrant(refresh(first));
      var at = clock.instant();
      clock.advance(HOUR);

      assertInvalidGrant(refresh(first));

      assertThat(row(first).revokedAt()).contains(at);
    }
  }

  /// docs/decisions/0021.
  @Nested
  class Prefixes {
    private static final Optional<String> NAMED = Optional.of("a");
    private static final TokenPrefix ACME = new TokenPrefix("acme");

    private final IssuedKey first = link();

    Prefixes() {
      deviceFlow = minting(ACME);
    }

    private static void assertPrefix(IssuedKey issued, String prefix) {
      assertThat(issued.accessToken().reveal()).startsWith(prefix + "_");
      assertThat(token(issued).reveal()).startsWith(prefix + "r_");
    }

    private Answer<IssuedKey> poll(Authorize.Codes codes) {
      var code = codes.deviceCode();
      return deviceFlow.poll(CLI, code, Optional.empty(), Optional.empty(), NAMED);
    }

    /// The same secret, with a valid checksum.
    private static RefreshToken under(TokenPrefix prefix, IssuedKey issued) {
      var secret = TokenForm.REFRESH.secretIn(token(issued).reveal());
      var text = TokenForm.REFRESH.write(prefix, issued.key().id(), secret);
      return RefreshToken.parse(text).orElseThrow();
    }

    @Test
    void a_new_one_applies_to_new_families_and_earlier_ones_keep_theirs() {
      assertThat(opens(first)).isTrue();
      var second = given(refresh(first));
      assertPrefix(second, "kf");
      assertThat(opens(second)).isTrue();
      assertThat(opens(given(refresh(second)))).isTrue();

      var newer = link();
      assertPrefix(newer, "acme");
      var renewed = given(refresh(newer));
      assertPrefix(renewed, "acme");
      assertThat(opens(renewed)).isTrue();
      given(refresh(renewed));
    }

    @Test
    void a_response_is_repeated_unchanged() {
      deviceFlow = minting(TokenPrefix.DEFAULT);
      var before = link();
      var second = given(refresh(before, "a"));
      deviceFlow = minting(ACME);

      assertSameTokens(given(refresh(before, "a")), second);
      assertThat(opens(second)).isTrue();
    }

    @Test
    void reuse_is_recognised_under_each() {
      var second = given(refresh(first));
      given(refresh(second));
      assertInvalidGrant(refresh(first));
      assertRevoked(first);

      var newer = link();
      given(refresh(given(refresh(newer))));
      assertInvalidGrant(refresh(newer));
      assertRevoked(newer);
    }

    @Test
    void of_another_family_never_fits_a_token() {
      assertInvalidGrant(flow.refresh(CLI, under(ACME, first), caller(ONCE)));
      var second = given(refresh(first));
      clock.advance(Refresh.GRACE);
      assertInvalidGrant(flow.refresh(CLI, under(ACME, first), caller(ONCE)));

      assertNotRevoked(first);
      given(refresh(second));
    }

    /// Within a minute of the mint, which happens at most once in the life of a stack.
    @Test
    void in_the_minute_of_a_change_the_first_response_is_not_repeated_and_there_is_no_second_key() {
      deviceFlow = minting(TokenPrefix.DEFAULT);
      var codes = approved(OFFLINE, HOUR);
      var issued = given(poll(codes));
      deviceFlow = minting(ACME);

      assertThat(poll(codes)).isEqualTo(new Declined<>(OAuthError.INVALID_GRANT));

      deviceFlow = minting(TokenPrefix.DEFAULT);
      assertSameTokens(given(poll(codes)), issued);
      assertThat(opens(issued)).isTrue();
    }
  }

  @Nested
  class HashVersions {
    private final IssuedKey first = link();

    @Test
    void a_family_continues_after_a_rotation() {
      hasher.rotateTo(2);
      var second = given(refresh(first));
      assertThat(opens(first)).isTrue();
      var third = given(refresh(second));

      assertThat(opens(second)).isTrue();
      assertThat(opens(third)).isTrue();
      assertThat(third.key().generation().number()).isEqualTo(2);
    }

    @Test
    void a_family_continues_in_environments_that_have_not_rotated_yet() {
      hasher.rotateTo(2);
      var newer = link();
      hasher.rotateTo(1);
      var second = given(refresh(newer));
      hasher.rotateTo(2);

      assertThat(opens(newer)).isTrue();
      assertThat(opens(second)).isTrue();
      given(refresh(second));
    }

    @Test
    void a_response_is_repeated_across_a_rotation() {
      var second = given(refresh(first, "a"));
      hasher.rotateTo(2);
      assertSameTokens(given(refresh(first, "a")), second);

      var third = given(refresh(second, "b"));
      assertSameTokens(given(refresh(second, "b")), third);
      hasher.rotateTo(1);
      assertSameTokens(given(refresh(second, "b")), third);
    }

    @Test
    void reuse_is_recognised_across_a_rotation() {
      var second = given(refresh(first));
      hasher.rotateTo(2);
      var third = given(refresh(second));

      assertInvalidGrant(refresh(first));

      assertRevoked(third);
    }

    @Test
    void reuse_of_the_previous_token_is_recognised_across_a_rotation() {
      hasher.rotateTo(2);
      var second = opened(given(refresh(first)));
      clock.advance(Refresh.GRACE);

      assertInvalidGrant(refresh(first));

      assertRevoked(second);
    }

    @Test
    void a_second_rotation_ends_the_family_without_calling_it_reuse() {
      hasher.rotateTo(3);

      assertInvalidGrant(refresh(first));
      assertThat(opens(first)).isFalse();
      assertNotRevoked(first);
    }

    @Test
    void a_code_redeemed_after_a_rotation_starts_a_normal_family() {
      var codes = approved(OFFLINE, HOUR);
      hasher.rotateTo(2);
      var issued = poll(codes);
      var second = given(refresh(issued, "a"));

      assertSameTokens(given(refresh(issued, "a")), second);
      assertThat(opens(issued)).as("the previous access token, for a minute").isTrue();
      hasher.rotateTo(3);
      assertThat(opens(second)).isTrue();
      var third = given(refresh(second));
      assertThat(opens(third)).isTrue();
      assertInvalidGrant(refresh(issued));
      assertRevoked(third);
    }

    @Test
    void a_code_redeemed_after_a_rotation_issues_the_same_key_again() {
      var codes = approved(OFFLINE, HOUR);
      hasher.rotateTo(2);
      var samePoll = Optional.of("a");
      var issued =
          given(
              deviceFlow.poll(
                  CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), samePoll));
      hasher.rotateTo(1);

      assertSameTokens(
          given(
              deviceFlow.poll(
                  CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), samePoll)),
          issued);
    }
  }

  @Nested
  class Outages {
    private final IssuedKey first = link();

    @ParameterizedTest
    @EnumSource(names = {"KEY", "SEAL", "MINT"})
    void decide_nothing_while_this_subkey_is_unavailable(Purpose purpose) {
      var before = row(first);
      hasher.failFor(purpose);

      assertThatExceptionOfType(TestHasher.Unavailable.class).isThrownBy(() -> refresh(first, "a"));
      assertThat(row(first)).isEqualTo(before);

      hasher.recover();
      given(refresh(first, "a"));
    }

    @ParameterizedTest
    @EnumSource(names = {"KEY", "SEAL", "MINT"})
    void revoke_nothing_while_this_subkey_is_unavailable(Purpose purpose) {
      var present = given(refresh(given(refresh(first))));
      hasher.failFor(purpose);

      assertThatExceptionOfType(TestHasher.Unavailable.class).isThrownBy(() -> refresh(first));
      assertNotRevoked(present);

      hasher.recover();
      assertInvalidGrant(refresh(first));
      assertRevoked(present);
    }
  }

  /// Edits by someone who can write to the table but has no subkey.
  @Nested
  class ForgedRows {
    private final IssuedKey first = link();
    private final IssuedKey second = given(refresh(first, "a"));
    private final Key genuine = row(first);

    private void assertGivesNothing(String what, Key forgery) {
      keys.forge(genuine.id(), _ -> forgery);
      assertInvalidGrant(refresh(first, "a"));
      keys.forge(genuine.id(), _ -> forgery);
      assertInvalidGrant(refresh(second));
      assertThat(opens(second)).as("%s, by the access token", what).isFalse();
    }

    private Key edited(
        String clientId, Subject subject, Scope scope, Duration lifetime, Instant at) {
      var terms = genuine.terms();
      return Samples.withTerms(
          genuine,
          new Terms(
              clientId,
              subject,
              terms.profile(),
              scope,
              lifetime,
              terms.name(),
              terms.origin(),
              at,
              at,
              terms.linkedUntil(),
              terms.delivery()));
    }

    @Test
    void with_edited_terms_get_nothing() {
      var wider = new Scope(List.of("read", "write", Scope.OFFLINE_ACCESS));
      var bob = new Subject("bob");
      var later = NOON.plus(MONTH);
      assertGivesNothing("subject", edited("cli", bob, OFFLINE, HOUR, NOON));
      assertGivesNothing("scope", edited("cli", ADA, wider, HOUR, NOON));
      assertGivesNothing("lifetime", edited("cli", ADA, OFFLINE, YEAR, NOON));
      assertGivesNothing("time", edited("cli", ADA, OFFLINE, HOUR, later));
      assertGivesNothing("end of the link", Samples.linkedUntil(genuine, later));
    }

    @Test
    void with_another_client_get_nothing() {
      keys.forge(genuine.id(), _ -> edited("other", ADA, OFFLINE, HOUR, NOON));

      assertInvalidGrant(flow.refresh(OTHER, token(second), caller(ONCE)));
    }

    @Test
    void of_a_key_without_offline_access_get_nothing() {
      var codes = approved(Samples.SCOPE, HOUR);
      var issued = poll(codes);
      var terms = Samples.withScope(issued.key().terms(), OFFLINE);
      keys.forge(issued.key().id(), key -> Samples.withTerms(key, terms));

      assertInvalidGrant(
          flow.refresh(CLI, Samples.first(hasher, 1, codes.deviceCode()), caller(ONCE)));
    }

    @Test
    void with_a_later_time_of_issue_do_not_renew_an_idle_device() {
      clock.advance(MONTH);
      keys.forge(genuine.id(), renewedAt(clock.instant().minus(MILLISECOND)));

      assertInvalidGrant(refresh(second));
      assertThat(opens(second)).isFalse();
    }

    @Test
    void with_a_later_time_of_the_previous_tokens_are_refused() {
      clock.set(first.key().expiresAt().minus(MILLISECOND));
      var third = given(refresh(second));
      clock.advance(MILLISECOND);
      assertThat(opens(second)).isFalse();
      keys.forge(
          genuine.id(),
          key -> {
            var generation = key.generation();
            var before = previous(key).orElseThrow();
            var later =
                new Previous(
                    before.access(),
                    before.refresh(),
                    clock.instant(),
                    before.seal(),
                    before.replacedAt());
            return Samples.withGeneration(
                key,
                with(
                    generation,
                    generation.access(),
                    generation.refresh(),
                    generation.issuedAt(),
                    Optional.of(later)));
          });

      assertThat(opens(second)).isFalse();
      assertThat(opens(third)).isFalse();
      assertInvalidGrant(refresh(second, "a"));
    }

    private UnaryOperator<Key> renewedAt(Instant at) {
      return key -> {
        var generation = key.generation();
        return Samples.withGeneration(
            key, with(generation, generation.access(), generation.refresh(), at, previous(key)));
      };
    }

    private static Optional<Previous> previous(Key key) {
      return key.generation().previous();
    }

    private static Generation with(
        Generation generation,
        Digest access,
        Digest refresh,
        Instant issuedAt,
        Optional<Previous> previous) {
      return new Generation(
          generation.number(),
          access,
          refresh,
          issuedAt,
          previous,
          generation.seal(),
          generation.attempt(),
          generation.issue());
    }

    @Test
    void with_another_number_do_not_disable_reuse_detection() {
      var third = given(refresh(second));
      for (var number : List.of(0L, 1L, 3L)) {
        keys.forge(genuine.id(), _ -> Samples.withGeneration(third.key(), numbered(number, third)));

        assertInvalidGrant(refresh(first));
        assertInvalidGrant(refresh(third));
        assertThat(opens(third)).as("%s", number).isFalse();
      }
    }

    private static Generation numbered(long number, IssuedKey issued) {
      var generation = issued.key().generation();
      return new Generation(
          number,
          generation.access(),
          generation.refresh(),
          generation.issuedAt(),
          generation.previous(),
          generation.seal(),
          generation.attempt(),
          generation.issue());
    }

    @Test
    void with_the_tokens_of_another_device_get_nothing() {
      var thief = given(refresh(link(), "a"));
      var stolen = thief.key().generation();
      keys.forge(genuine.id(), key -> Samples.withGeneration(key, stolen));

      assertInvalidGrant(refresh(second));
      assertInvalidGrant(refresh(first, "a"));
      assertThat(opens(second)).isFalse();
    }

    @Test
    void with_exchanged_hashes_get_nothing() {
      var generation = genuine.generation();
      var one = generation.refresh();
      var other = generation.access();
      keys.forge(
          genuine.id(),
          key ->
              Samples.withGeneration(
                  key, with(generation, one, other, generation.issuedAt(), previous(key))));

      assertInvalidGrant(refresh(second));
      assertInvalidGrant(refresh(first, "a"));
      assertThat(opens(second)).isFalse();
    }
  }

  /// A device that wanted its key encrypted also wants each replacement encrypted.
  @Nested
  class EncryptedDelivery {
    private final Authorize.Codes codes =
        approved(Samples.encrypted(Samples.request(NOON), Samples.DELIVERY), OFFLINE, HOUR);
    private final IssuedKey first = poll(codes);

    @Test
    void applies_to_every_refresh_and_its_repetition() {
      var second = given(refresh(first, "a"));
      assertThat(second.jwe()).contains(TestEncrypter.text(Samples.DELIVERY, second));

      assertThat(given(refresh(first, "a")).jwe()).isEqualTo(second.jwe());
      var third = given(refresh(second));
      assertThat(third.jwe()).contains(TestEncrypter.text(Samples.DELIVERY, third));
    }

    @Test
    void is_absent_unless_the_device_requested_it() {
      assertThat(given(refresh(link())).jwe()).isEmpty();
    }

    @Test
    void spends_no_refresh_token_if_it_fails() {
      encrypter.fail();

      assertThatExceptionOfType(TestEncrypter.Broken.class).isThrownBy(() -> refresh(first));
      assertThat(row(first).generation().number()).isZero();

      encrypter.recover();
      given(refresh(first));
    }

    @Test
    void is_not_made_to_a_key_that_was_put_into_the_row() {
      var second = given(refresh(first, "a"));
      var genuine = row(first);
      var thief = new Delivery("{\"kid\":\"thief\"}", Samples.DELIVERY.nonce());
      for (var delivery : List.of(Optional.of(thief), Optional.<Delivery>empty())) {
        keys.forge(
            genuine.id(),
            key -> Samples.withTerms(key, Samples.withDelivery(genuine.terms(), delivery)));

        assertInvalidGrant(refresh(first, "a"));
        assertInvalidGrant(refresh(second));
        assertThat(opens(second)).isFalse();
      }
    }
  }

  @Nested
  class Races {
    private final IssuedKey before = link();

    /// A refresh with this `Idempotency-Key`, and another action right before its write.
    private Answer<IssuedKey> refreshAfter(Runnable other, String idempotencyKey) {
      return refreshAfter(other, before, idempotencyKey);
    }

    private Answer<IssuedKey> refreshAfter(
        Runnable other, IssuedKey before, String idempotencyKey) {
      return flowOver(Overtaken.store(KeyStore.class, keys, "renew", other))
          .refresh(CLI, token(before), caller(Optional.of(idempotencyKey)));
    }

    private void revoke() {
      keys.revoke(before.key().id(), new Revoker.Owner(ADA), clock.instant());
    }

    @Test
    void a_refresh_right_after_itself_gets_the_same_tokens() {
      List<IssuedKey> first = new ArrayList<>();

      var again = given(refreshAfter(() -> first.add(given(refresh(before, "a"))), "a"));

      assertSameTokens(again, first.getFirst());
      assertThat(row(before).generation().number()).isEqualTo(1);
    }

    @Test
    void a_refresh_right_after_another_gets_the_same_tokens_unless_they_are_in_use() {
      var second = new ArrayList<IssuedKey>();
      assertSameTokens(
          given(refreshAfter(() -> second.add(given(refresh(before, "a"))), "b")),
          second.getFirst());

      var third = new ArrayList<IssuedKey>();
      Runnable use = () -> third.add(opened(given(refresh(second.getFirst(), "a"))));
      assertInvalidGrant(refreshAfter(use, second.getFirst(), "b"));
      assertThat(row(before).generation().number()).isEqualTo(2);
      assertNotRevoked(before);
    }

    @Test
    void a_refresh_right_after_a_revocation_gets_nothing() {
      assertInvalidGrant(refreshAfter(this::revoke, "a"));

      assertThat(row(before).generation().number()).isZero();
    }

    @Test
    void a_refresh_right_after_itself_and_a_revocation_gets_nothing() {
      assertInvalidGrant(
          refreshAfter(
              () -> {
                given(refresh(before, "a"));
                revoke();
              },
              "a"));
    }

    @Test
    void a_refresh_right_after_itself_and_an_edit_of_the_row_gets_nothing() {
      var longer = NOON.plus(YEAR);

      assertInvalidGrant(
          refreshAfter(
              () -> {
                given(refresh(before, "a"));
                keys.forge(before.key().id(), key -> Samples.linkedUntil(key, longer));
              },
              "a"));
    }

    @RepeatedTest(5)
    void refreshes_that_race_from_many_networks_leave_one_of_their_branches()
        throws InterruptedException {
      var first = link();
      var next = new AtomicInteger();

      var issued =
          race(() -> {
            var origin = Origin.parse("192.0.2." + next.incrementAndGet());
            return given(flow.refresh(CLI, token(first), new Caller(origin, ONCE)));
          });

      assertThat(issued).filteredOn(RefreshTest.this::opens).hasSize(1);
      assertThat(row(first).generation().number()).isEqualTo(1);
      assertNotRevoked(first);
    }

    @RepeatedTest(5)
    void retries_that_race_their_own_refresh_all_get_the_same_tokens() throws InterruptedException {
      var first = link();

      var issued = race(() -> given(refresh(first, "a")));

      assertThat(issued).hasSize(CONTENDERS);
      issued.forEach(each -> assertSameTokens(each, issued.getFirst()));
      assertThat(row(first).generation().number()).isEqualTo(1);
    }
  }

  @Test
  void times_are_in_milliseconds_as_in_the_store() {
    var first = link();
    clock.set(NOON.plusNanos(456_789));

    assertThat(given(refresh(first)).key().generation().issuedAt()).isEqualTo(NOON);
  }
}
