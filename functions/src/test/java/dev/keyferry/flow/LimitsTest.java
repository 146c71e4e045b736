package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.limits.InMemoryLimitStore;
import dev.keyferry.limits.LimitStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Tests of what is counted, for which subject or network, and for how long.
final class LimitsTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Subject ADA = new Subject("ada");
  private static final Subject BOB = new Subject("bob");
  private static final Origin HOME = Origin.parse("192.0.2.7");
  private static final Origin AWAY = Origin.parse("198.51.100.7");

  private final RandomGenerator random = new Random(6585);
  private final LimitStore store = new InMemoryLimitStore();
  private final List<Event> audited = new ArrayList<>();

  /// At the beginning of a window of every length.
  private final TestClock clock = new TestClock(NOON.truncatedTo(ChronoUnit.HOURS));

  private static String verdict(Answer<?> answer) {
    return switch (answer) {
      case Given<?> _ -> "given";
      case Declined<?>(var error) -> error.code().toString();
    };
  }

  @Nested
  class Authorizations {
    private final AuthorizationLimit limit =
        new AuthorizationLimit(store, 3, new Environment(clock, random, audited::add));

    private List<String> ask(int times, Origin origin) {
      return nCopies(times, origin).stream().map(this::ask).toList();
    }

    private String ask(Origin origin) {
      return verdict(limit.guard(origin, () -> new Given<>("a code")));
    }

    @Test
    void as_many_as_the_limit_permits_pass() {
      assertThat(ask(5, HOME))
          .containsExactly("given", "given", "given", "OVER_LIMIT", "OVER_LIMIT");
      assertThat(ask(AWAY)).isEqualTo("given");
    }

    @Test
    void a_request_over_the_limit_does_not_pass() {
      var authorized = new AtomicInteger();
      for (var origin : nCopies(5, HOME)) {
        limit.guard(origin, () -> new Given<>(authorized.incrementAndGet()));
      }
      assertThat(authorized).hasValue(3);
    }

    @Test
    void each_request_over_the_limit_is_recorded() {
      ask(3, HOME);
      assertThat(audited).isEmpty();
      ask(2, HOME);

      assertThat(audited)
          .hasSize(2)
          .containsOnly(new Event(Kind.LIMIT_HIT, Map.of("limit", "authorize")));
    }

    @Test
    void refusals_count_too() {
      Supplier<Answer<String>> refused = () -> new Declined<>(OAuthError.invalidRequest("no"));
      nCopies(3, HOME).forEach(origin -> limit.guard(origin, refused));
      assertThat(ask(HOME)).isEqualTo("OVER_LIMIT");
    }

    @Test
    void the_limit_applies_until_the_last_millisecond_of_the_minute() {
      ask(3, HOME);
      clock.advance(Duration.ofMinutes(1).minus(MILLISECOND));
      assertThat(ask(HOME)).isEqualTo("OVER_LIMIT");
      clock.advance(MILLISECOND);
      assertThat(ask(4, HOME)).containsExactly("given", "given", "given", "OVER_LIMIT");
    }

    @Test
    void it_says_when_to_retry() {
      ask(3, HOME);
      clock.advance(Duration.ofSeconds(13));
      assertThat(limit.guard(HOME, () -> new Given<>("a code")))
          .isEqualTo(new Declined<>(OAuthError.overLimit(Duration.ofSeconds(47))));
    }

    @Test
    void all_addresses_of_an_ipv6_subscriber_are_one_network() {
      ask(2, Origin.parse("2001:db8:1:2::1"));
      assertThat(ask(2, Origin.parse("2001:db8:1:2:ffff::9")))
          .containsExactly("given", "OVER_LIMIT");
      assertThat(ask(Origin.parse("2001:db8:1:3::1"))).isEqualTo("given");
    }

    @Test
    void an_ipv4_mapped_ipv6_address_is_the_ipv4_address() {
      ask(3, HOME);
      assertThat(ask(Origin.parse("::ffff:192.0.2.7"))).isEqualTo("OVER_LIMIT");
    }

    @Test
    void zero_means_no_limit() {
      var none = new AuthorizationLimit(store, 0, new Environment(clock, random, audited::add));
      assertThat(nCopies(100, HOME))
          .allSatisfy(origin ->
              assertThat(verdict(none.guard(origin, () -> new Given<>("a code"))))
                  .isEqualTo("given"));
    }
  }

  @Nested
  class WrongCodes {
    private final WrongCodeLimit limit =
        new WrongCodeLimit(store, 3, 5, new Environment(clock, random, audited::add));

    private static Answer<String> wrong() {
      return new Declined<>(OAuthError.INVALID_USER_CODE);
    }

    private static Answer<String> right() {
      return new Given<>("a screen");
    }

    private String enter(Subject subject, Origin origin, Supplier<Answer<String>> code) {
      return verdict(limit.guard(subject, origin, code));
    }

    private void enterWrong(int times, Subject subject, Origin origin) {
      for (int i = 0; i < times; i++) {
        assertThat(enter(subject, origin, WrongCodes::wrong)).isEqualTo("INVALID_USER_CODE");
      }
    }

    @Test
    void a_subject_that_guesses_is_stopped_on_every_network() {
      enterWrong(3, ADA, HOME);
      assertThat(enter(ADA, HOME, WrongCodes::wrong)).isEqualTo("OVER_LIMIT");
      assertThat(enter(ADA, AWAY, WrongCodes::wrong)).isEqualTo("OVER_LIMIT");
      assertThat(enter(BOB, HOME, WrongCodes::right)).isEqualTo("given");
    }

    @Test
    void a_network_that_guesses_is_stopped_for_every_subject() {
      enterWrong(3, ADA, HOME);
      enterWrong(2, BOB, HOME);
      assertThat(enter(new Subject("eve"), HOME, WrongCodes::wrong)).isEqualTo("OVER_LIMIT");
      assertThat(enter(BOB, AWAY, WrongCodes::right)).isEqualTo("given");
    }

    @Test
    void over_the_limit_right_and_wrong_codes_get_identical_responses() {
      enterWrong(3, ADA, HOME);
      var looked = new AtomicInteger();
      Supplier<Answer<String>> counted =
          () -> {
            looked.incrementAndGet();
            return right();
          };

      assertThat(enter(ADA, HOME, counted)).isEqualTo("OVER_LIMIT");
      assertThat(looked).as("no grant is read").hasValue(0);
    }

    @Test
    void each_request_over_the_limit_is_recorded() {
      enterWrong(3, ADA, HOME);
      assertThat(audited).isEmpty();
      enter(ADA, HOME, WrongCodes::wrong);
      enter(ADA, HOME, WrongCodes::right);

      assertThat(audited)
          .hasSize(2)
          .containsOnly(new Event(Kind.LIMIT_HIT, Map.of("limit", "wrong_code", "subject", "ada")));
    }

    @Test
    void a_right_code_does_not_count_and_resets_nothing() {
      enterWrong(2, ADA, HOME);
      for (int i = 0; i < 20; i++) {
        assertThat(enter(ADA, HOME, WrongCodes::right)).isEqualTo("given");
      }
      enterWrong(1, ADA, HOME);
      assertThat(enter(ADA, HOME, WrongCodes::right)).isEqualTo("OVER_LIMIT");
    }

    @Test
    void no_more_concurrent_guesses_are_checked_than_the_limit_permits() {
      var looked = new AtomicInteger();
      for (int i = 0; i < 3; i++) {
        enterWhile(
            () -> {
              looked.incrementAndGet();
              return wrong();
            },
            3);
      }
      assertThat(looked).hasValueLessThanOrEqualTo(3);
    }

    @Test
    void an_outage_does_not_count_as_a_wrong_code() {
      for (int i = 0; i < 10; i++) {
        assertThatIllegalStateException()
            .isThrownBy(() ->
                limit.guard(
                    ADA,
                    HOME,
                    () -> {
                      throw new IllegalStateException("outage");
                    }));
      }
      enterWrong(3, ADA, HOME);
    }

    /// Enters a code, and enters it again this many times before the first verdict.
    private Answer<String> enterWhile(Supplier<Answer<String>> code, int more) {
      return limit.guard(
          ADA,
          HOME,
          () -> {
            if (more > 0) {
              enterWhile(code, more - 1);
            }
            return code.get();
          });
    }

    @Test
    void the_limit_applies_until_the_last_millisecond_of_ten_minutes() {
      enterWrong(3, ADA, HOME);
      clock.advance(Duration.ofMinutes(10).minus(MILLISECOND));
      assertThat(limit.guard(ADA, HOME, WrongCodes::right))
          .isEqualTo(new Declined<>(OAuthError.overLimit(MILLISECOND)));
      clock.advance(MILLISECOND);
      assertThat(enter(ADA, HOME, WrongCodes::right)).isEqualTo("given");
      enterWrong(3, ADA, HOME);
    }

    @Test
    void each_of_the_two_limits_can_be_turned_off() {
      var ofNetworkAlone =
          new WrongCodeLimit(store, 0, 5, new Environment(clock, random, audited::add));
      nCopies(5, ADA).forEach(subject -> ofNetworkAlone.guard(subject, HOME, WrongCodes::wrong));
      assertThat(verdict(ofNetworkAlone.guard(ADA, HOME, WrongCodes::right)))
          .isEqualTo("OVER_LIMIT");

      var ofNeither = new WrongCodeLimit(store, 0, 0, new Environment(clock, random, audited::add));
      assertThat(verdict(ofNeither.guard(ADA, HOME, WrongCodes::right))).isEqualTo("given");
      assertThat(verdict(ofNeither.guard(ADA, HOME, WrongCodes::wrong)))
          .isEqualTo("INVALID_USER_CODE");
    }
  }
}
