package dev.keyferry.product.versions;

import static dev.keyferry.product.versions.Login.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.versions.Login.Kind;
import dev.keyferry.product.versions.Versions.Age;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests that a version continues what another version began, in both directions, because an update
/// may be rolled back. They know requests and responses, and no attribute of a row.
@Tag("versions")
@Timeout(120)
class VersionsTest {
  private static final String PENDING = "400 authorization_pending";
  private static final String INVALID = "400 invalid_grant";
  private static final String OVER = "429 slow_down";

  @TempDir static Path work;

  @SuppressWarnings("NullAway.Init")
  private static Versions versions;

  @BeforeAll
  static void start() throws Exception {
    versions = new Versions(work, folder("versions.older"), folder("versions.newer"));
  }

  private static Path folder(String property) {
    return Path.of(
        Objects.requireNonNull(
            System.getProperty(property), () -> "no " + property + "; run .ci/versions"));
  }

  @AfterAll
  static void close() {
    versions.close();
  }

  private static DirectApi now(Age age) {
    return versions.now(age);
  }

  /// The versions that do the steps of a login, one after the other.
  record Schedule(Kind kind, String name, List<Age> ages) {
    /// One version does the steps up to and including this one, and the other version the rest.
    static Schedule cut(Kind kind, List<String> steps, int last, Age first) {
      var ages =
          IntStream.range(0, steps.size())
              .mapToObj(step -> step <= last ? first : first.other())
              .toList();
      return new Schedule(kind, first + " until " + steps.get(last), ages);
    }

    static Schedule alternating(Kind kind, List<String> steps, Age first) {
      var ages =
          IntStream.range(0, steps.size())
              .mapToObj(step -> step % 2 == 0 ? first : first.other())
              .toList();
      return new Schedule(kind, first + " at every other step", ages);
    }

    @Override
    public String toString() {
      return kind + ": " + name;
    }
  }

  static Stream<Schedule> schedules() {
    var schedules = new ArrayList<Schedule>();
    for (var kind : Kind.values()) {
      var steps = List.copyOf(new Login(kind).steps().keySet());
      for (var first : Age.values()) {
        schedules.add(Schedule.alternating(kind, steps, first));
        for (int last = 0; last < steps.size() - 1; last++) {
          schedules.add(Schedule.cut(kind, steps, last, first));
        }
      }
    }
    return schedules.stream();
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void a_login_continues_after_every_step(Schedule schedule) {
    var ages = schedule.ages().iterator();
    new Login(schedule.kind())
        .steps()
        .forEach((name, step) -> {
          var age = ages.next();
          assertThatCode(() -> step.by(now(age)))
              .as("%s by the %s version", name, age)
              .doesNotThrowAnyException();
        });
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Age.values())
        .flatMap(one -> Stream.of(Age.values()).map(other -> Arguments.of(one, other)));
  }

  static Stream<Arguments> triples() {
    return pairs()
        .flatMap(pair ->
            Stream.of(Age.values())
                .map(third -> Arguments.of(pair.get()[0], pair.get()[1], third)));
  }

  static Stream<Arguments> redeliveries() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Age.values()).map(minter -> Arguments.of(kind, minter)));
  }

  @ParameterizedTest
  @MethodSource("redeliveries")
  void a_repeated_poll_gets_the_same_tokens_until_they_are_used(Kind kind, Age minter) {
    var other = now(minter.other());
    var login = new Login(kind);
    login.until(kind == Kind.NUMBER ? "poll with a wrong number" : "approve", now(minter));
    var same = Login.idempotent();
    login.take(login.redeem(now(minter), same));
    var access = login.accessToken();
    var refresh = login.refreshToken();

    login.take(login.redeem(other, same));

    assertThat(login.accessToken()).isEqualTo(access);
    assertThat(login.refreshToken()).isEqualTo(refresh);
    refused(login.redeem(other, Login.idempotent()), INVALID);
    login.use(other);
    refused(login.redeem(now(minter), same), INVALID);
    refused(login.redeem(other, same), INVALID);
    login.use(now(minter));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void an_early_poll_is_early_for_both(Age first, Age second) {
    var login = new Login(Kind.DEVICE).until("authorize", now(first));
    refused(login.redeem(now(first), Map.of()), PENDING);

    var early = login.redeem(now(second), Map.of());

    refused(early, "400 slow_down");
    assertThat(early.text("interval")).isEqualTo("10");
    refused(login.redeem(now(first), Map.of()), "400 slow_down");
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_denial_is_final(Age claimed, Age denied, Age polled) {
    for (var last : List.of("claim", "approve")) {
      var login = new Login(Kind.DEVICE).until(last, now(claimed));

      assertThat(login.deny(now(denied)).body()).isEqualTo("{\"status\":\"denied\"}");

      refused(login.redeem(now(polled), Map.of()), "400 access_denied");
      refused(login.claim(now(polled)), "404 invalid_user_code");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_expired_code_or_token_is_expired(Age writer) {
    var later = versions.later(writer.other());
    var pending = new Login(Kind.DEVICE).until("authorize", now(writer));
    var approved = new Login(Kind.DEVICE).until("approve", now(writer));
    var browser = new Login(Kind.BROWSER).until("approve", now(writer));
    var program = pending.program(now(writer));
    var shortLived = program.codes(Map.of("client_id", "cli", "expires_in", "60"));
    program.grant(pending.user(), shortLived.userCode());
    var token = program.poll(shortLived.deviceCode()).text("access_token");
    assertThat(program.whoami(token).status()).isEqualTo(200);

    refused(pending.redeem(later, Map.of()), "400 expired_token");
    refused(pending.claim(later), "404 invalid_user_code");
    refused(approved.redeem(later, Map.of()), "400 expired_token");
    refused(browser.redeem(later, Map.of()), INVALID);
    assertThat(later.whoami(token).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @EnumSource
  void a_link_that_rested_is_refreshed(Age writer) {
    var login = new Login(Kind.DEVICE).until("refresh", now(writer));

    login.refresh(versions.later(writer.other()));
    login.refresh(versions.later(writer));
    login.refresh(versions.later(writer.other()));
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_repeated_refresh_gets_tokens_that_work(Age minter, Age refresher, Age repeater) {
    var login = new Login(Kind.DEVICE).until("first use", now(minter));
    var program = login.program(now(refresher));
    var spent = login.refreshToken();
    var same = Login.idempotent();
    assertThat(program.refresh(spent, same).status()).isEqualTo(200);

    login.take(login.program(now(repeater)).refresh(spent, same));
    login.use(now(refresher));
    login.take(login.program(now(repeater)).refresh(spent, same));

    login.use(now(repeater));
    login.refresh(now(refresher));
    login.refresh(now(repeater));
    login.use(now(refresher));
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_refresh_that_is_repeated_without_its_key_ends_nothing(
      Age minter, Age refresher, Age repeater) {
    var login = new Login(Kind.DEVICE).until("mint", now(minter));
    var spent = login.refreshToken();
    login.refresh(now(refresher));

    var _ = login.program(now(repeater)).refresh(spent);

    login.use(now(refresher));
    login.refresh(now(repeater));
    login.use(now(repeater));
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_refresh_token_from_before_the_parent_ends_the_device(
      Age refresher, Age second, Age judge) {
    for (var isUsed : List.of(true, false)) {
      var login = new Login(Kind.DEVICE).until("first use", now(refresher));
      var reused = login.refreshToken();
      login.refresh(now(refresher));
      login.refresh(now(second));
      if (isUsed) {
        login.use(now(second));
      }

      refused(login.program(now(judge)).refresh(reused), INVALID);

      login.hasEnded(now(judge));
      login.hasEnded(now(judge.other()));
    }
  }

  /// The version that judges has also accepted the access token. It could be that only this version
  /// records that.
  @ParameterizedTest
  @MethodSource("pairs")
  void a_spent_refresh_token_from_another_network_ends_the_device(Age refresher, Age judge) {
    var login = new Login(Kind.DEVICE).until("first use", now(refresher));
    var spent = login.refreshToken();
    login.refresh(now(refresher));
    login.use(now(judge));

    refused(versions.later(judge).from("192.0.2.66").refresh(spent), INVALID);

    login.hasEnded(now(refresher));
    login.hasEnded(now(judge));
  }

  /// The ways in which a link ends.
  enum Ending {
    ACCESS_TOKEN_REVOKED {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(login.program(api).revoke(login.accessToken()).status()).isEqualTo(200);
      }
    },
    REFRESH_TOKEN_REVOKED {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(login.program(api).revoke(login.refreshToken()).status()).isEqualTo(200);
      }
    },
    UNLINKED {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(login.person(api).revokeKey(login.user(), login.keyId()).status())
            .isEqualTo(204);
      }
    },
    SIGNED_OUT {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(login.person(api).signOut(login.user()).status()).isEqualTo(204);
      }
    },
    SIGNED_OUT_BY_OPERATOR {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(operate(api, "sign_out", login)).isTrue();
      }
    },
    DISABLED {
      @Override
      void by(DirectApi api, Login login) {
        assertThat(operate(api, "disable", login)).isTrue();
      }
    };

    abstract void by(DirectApi api, Login login);
  }

  private static boolean operate(DirectApi api, String action, Login login) {
    return api.operate("SubjectFunction", Map.of("action", action, "subject", login.user()))
        .path("changed")
        .asBoolean();
  }

  static Stream<Arguments> endings() {
    return Stream.of(Ending.values())
        .flatMap(ending -> pairs().map(pair -> Arguments.of(ending, pair.get()[0], pair.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void an_ended_link_stays_ended(Ending ending, Age writer, Age ender) {
    for (var last : List.of("mint", "second refresh")) {
      var login = new Login(Kind.DEVICE).until(last, now(writer));
      login.refresh(now(ender));
      login.refresh(now(writer));

      ending.by(now(ender), login);

      login.hasEnded(now(writer));
      login.hasEnded(now(ender));
      login.hasEnded(now(writer));
    }
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_sign_out_cancels_approvals_and_leaves_later_logins_alone(
      Age approved, Age signedOut, Age polled) {
    for (var kind : List.of(Kind.DEVICE, Kind.BROWSER)) {
      var login = new Login(kind).until("approve", now(approved));

      Ending.SIGNED_OUT.by(now(signedOut), login);

      refused(
          login.redeem(now(polled), Map.of()),
          kind == Kind.BROWSER ? INVALID : "400 access_denied");
      refused(
          login.redeem(now(polled.other()), Map.of()),
          kind == Kind.BROWSER ? INVALID : "400 access_denied");
      var program = login.program(now(approved));
      var next = program.link(login.user()).text("access_token");
      assertThat(login.program(now(polled)).whoami(next).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @MethodSource("triples")
  void a_disabled_subjects_keys_rest_until_it_is_enabled(Age writer, Age disabled, Age enabled) {
    var login = new Login(Kind.DEVICE).until("refresh", now(writer));
    var approved = new Login(Kind.DEVICE).until("approve", now(writer));
    assertThat(operate(now(disabled), "disable", login)).isTrue();
    assertThat(operate(now(enabled), "disable", login)).as("again").isFalse();
    assertThat(operate(now(disabled), "disable", approved)).isTrue();
    login.hasEnded(now(enabled));
    refused(approved.redeem(now(enabled), Map.of()), "400 access_denied");

    assertThat(operate(now(enabled), "enable", login)).isTrue();
    assertThat(operate(now(disabled), "enable", login)).as("again").isFalse();
    assertThat(operate(now(enabled), "enable", approved)).isTrue();

    login.use(now(disabled));
    login.refresh(now(disabled));
    login.use(now(writer));
    refused(approved.redeem(now(disabled), Map.of()), "400 access_denied");
    var next = login.program(now(disabled)).link(login.user()).text("access_token");
    assertThat(login.program(now(enabled)).whoami(next).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void the_list_shows_the_devices_of_both(Age lister) {
    var login = new Login(Kind.DEVICE).until("use", now(Age.OLDER));
    var other = login.program(now(Age.NEWER));
    var newer = other.link(login.user());
    other.whoami(newer.text("access_token"));
    var unused = other.link(login.user());

    var keys = login.program(now(lister)).keys(login.user()).json().path("keys");

    assertThat(ids(keys)).containsExactlyInAnyOrder(login.keyId(), idOf(newer), idOf(unused));
    assertThat(keys)
        .allSatisfy(key -> {
          assertThat(key.path("name").asText()).isNotEmpty();
          assertThat(key.path("scope").asText()).isEqualTo("read offline_access");
          assertThat(key.path("requested_from").asText()).startsWith("198.18.");
          assertThat(key.has("last_used_at"))
              .isEqualTo(!key.path("key_id").asText().equals(idOf(unused)));
        });
    assertThat(login.program(now(lister.other())).keys(login.user()).json().path("keys"))
        .containsExactlyInAnyOrderElementsOf(keys);
    assertThat(login.program(now(lister)).revokeKey(login.user(), idOf(newer)).status())
        .isEqualTo(204);
    assertThat(ids(login.program(now(lister.other())).keys(login.user()).json().path("keys")))
        .containsExactlyInAnyOrder(login.keyId(), idOf(unused));
  }

  private static List<String> ids(JsonNode keys) {
    return StreamSupport.stream(keys.spliterator(), false)
        .map(key -> key.path("key_id").asText())
        .toList();
  }

  private static String idOf(Reply tokens) {
    return tokens.text("access_token").split("_", -1)[1];
  }

  /// A version with a clock by which the window stays open for a while.
  private static Function<Age, DirectApi> within(Duration window) {
    var left = window.toMillis() - Clock.systemUTC().millis() % window.toMillis();
    return left > 15_000 ? versions::now : versions::later;
  }

  /// The verdicts on a number of requests, which the versions answer in turn.
  private static List<String> inTurn(int requests, Age first, Function<Age, String> request) {
    return IntStream.range(0, requests)
        .mapToObj(number -> request.apply(number % 2 == 0 ? first : first.other()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void wrong_codes_count_together(Age first) {
    var login = new Login(Kind.DEVICE);
    var at = within(Duration.ofMinutes(10));
    Function<Age, String> guess =
        age -> login.program(at.apply(age)).claim(login.user(), "AAAA-AAAA").verdict();

    assertThat(inTurn(5, first, guess)).containsOnly("404 invalid_user_code");
    assertThat(inTurn(2, first, guess)).containsOnly(OVER);
    Function<Age, String> friend =
        age -> login.program(at.apply(age)).claim(login.user() + "-friend", "AAAA-AAAA").verdict();
    assertThat(inTurn(5, first, friend)).containsOnly("404 invalid_user_code");
    Function<Age, String> network =
        age -> login.program(at.apply(age)).claim(login.user() + "-other", "AAAA-AAAA").verdict();
    assertThat(inTurn(2, first, network)).containsOnly(OVER);
  }

  @ParameterizedTest
  @EnumSource
  void requests_for_codes_count_together(Age first) {
    var login = new Login(Kind.DEVICE);
    var at = within(Duration.ofMinutes(1));
    Function<Age, String> request = age -> login.program(at.apply(age)).authorize().verdict();

    assertThat(inTurn(30, first, request)).containsOnly("200");
    assertThat(inTurn(2, first, request)).containsOnly(OVER);
  }
}
