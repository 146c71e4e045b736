package dev.keyferry.client;

import static dev.keyferry.client.ScriptedServer.HANG_UP;
import static dev.keyferry.client.ScriptedServer.PENDING;
import static dev.keyferry.client.ScriptedServer.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Denied;
import dev.keyferry.client.LoginException.Expired;
import dev.keyferry.client.LoginException.Refused;
import dev.keyferry.client.LoginException.Unreachable;
import dev.keyferry.client.ScriptedServer.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests of RFC 8628 on the client's side.
class DeviceLoginTest {
  private final ScriptedServer server = new ScriptedServer();
  private final TestTime time = new TestTime();

  /// A person who enters these numbers in order.
  private static final class Typist implements DeviceLogin.Person {
    final List<Boolean> again = new CopyOnWriteArrayList<>();
    final List<String> outages = new CopyOnWriteArrayList<>();
    private final List<String> numbers;

    Typist(String... numbers) {
      this.numbers = List.of(numbers);
    }

    @Override
    public void unreachable(String why) {
      outages.add(why);
    }

    @Override
    public String number(boolean again) throws InterruptedException {
      this.again.add(again);
      if (this.again.size() > numbers.size()) {
        new CountDownLatch(1).await();
      }
      return numbers.get(this.again.size() - 1);
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private DeviceLogin start(String more) throws LoginException, InterruptedException {
    server.codes(more);
    return DeviceLogin.start(server.discover(), LoginRequest.of("cli", "read"), time.time());
  }

  private DeviceLogin start() throws LoginException, InterruptedException {
    return start(",\"expires_in\":600,\"interval\":5");
  }

  private void confirming() {
    server.answer(
        "/.well-known/oauth-authorization-server",
        new Answer(200, server.metadata(",\"confirmation_supported\":true")));
  }

  private Tokens await() throws LoginException, InterruptedException {
    return start().await(new Typist());
  }

  private List<String> keys() {
    return server.asked("/token").stream().map(poll -> poll.header("Idempotency-key")).toList();
  }

  @Nested
  class Requesting_a_code {
    @Test
    void sends_the_request_without_empty_parameters() throws Exception {
      server.codes(",\"expires_in\":600");
      var request =
          new LoginRequest(
              "cli", "read write", "My\u001b[31m laptop", Optional.of(Duration.ofHours(2)), true);
      DeviceLogin.start(server.discover(), request, time.time());
      assertThat(server.asked("/device").getFirst().parameters())
          .containsOnly(
              Map.entry("client_id", "cli"),
              Map.entry("scope", "read write"),
              Map.entry("device_name", "My laptop"),
              Map.entry("expires_in", "7200"));
    }

    @Test
    void announces_number_matching_if_the_server_supports_it() throws Exception {
      confirming();
      assertThat(start().pending().confirmable()).isTrue();
      assertThat(server.asked("/device").getFirst().parameter("confirmation_supported"))
          .isEqualTo("true");
    }

    @Test
    void does_not_announce_it_if_no_one_can_enter_the_number() throws Exception {
      confirming();
      server.codes(",\"expires_in\":600");
      var alone = new LoginRequest("cli", "", "", Optional.empty(), false);
      DeviceLogin.start(server.discover(), alone, time.time());
      assertThat(server.asked("/device").getFirst().parameters())
          .doesNotContainKey("confirmation_supported");
    }

    @Test
    void reports_the_error_of_a_refusal() {
      server.answer("/device", Answer.error("invalid_scope"));
      assertThatThrownBy(
              () -> DeviceLogin.start(server.discover(), LoginRequest.of("cli", "x"), time.time()))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.error()).isEqualTo("invalid_scope"));
    }

    @Test
    void an_outage_is_not_a_refusal() {
      server.answer("/device", new Answer(503, "", Map.of("Retry-After", "7")));
      assertThatThrownBy(
              () -> DeviceLogin.start(server.discover(), LoginRequest.of("cli", "x"), time.time()))
          .isInstanceOf(Unreachable.class)
          .hasMessageContaining("7 s");
    }

    @Test
    void a_pending_login_can_be_stored_and_resumed_and_hides_its_secret() throws Exception {
      var pending = start().pending();
      assertThat(Pending.parse(pending.toSecret())).isEqualTo(pending);
      assertThat(pending.toString()).contains("WDJB-MJHT").doesNotContain("device-code");
      server.answer("/token", TOKENS);
      var resumed =
          DeviceLogin.resume(server.discover(), Pending.parse(pending.toSecret()), time.time());
      assertThat(resumed.await(new Typist()).accessToken()).isEqualTo("kf_1");
    }

    @Test
    void another_process_repeats_a_lost_poll_with_the_same_key() throws Exception {
      server.answer("/token", PENDING, HANG_UP, TOKENS);
      var stored = new AtomicReference<>(start().pending().toSecret());
      var killed =
          new DeviceLogin.Person() {
            @Override
            public void undecided(Pending pending) {
              stored.set(pending.toSecret());
            }

            @Override
            public void unreachable(String why) {
              throw new IllegalStateException("killed");
            }

            @Override
            public String number(boolean again) {
              return "47";
            }
          };
      var login = resume(stored.get());
      assertThatThrownBy(() -> login.await(killed)).hasMessage("killed");
      assertThat(resume(stored.get()).await(killed).accessToken()).isEqualTo("kf_1");
      assertThat(keys().get(2)).isEqualTo(keys().get(1)).isNotEqualTo(keys().get(0));
    }

    private DeviceLogin resume(String stored) throws LoginException, InterruptedException {
      return DeviceLogin.resume(server.discover(), Pending.parse(stored), time.time());
    }

    @Test
    void is_not_resumed_at_another_server() throws Exception {
      var pending = start().pending();
      try (var other = new ScriptedServer()) {
        var there = other.discover();
        assertThatThrownBy(() -> DeviceLogin.resume(there, pending)).isInstanceOf(BadServer.class);
      }
    }
  }

  @Nested
  class Polling {
    @Test
    void sleeps_before_the_first_poll_a_fifth_longer_than_the_interval() throws Exception {
      server.answer("/token", PENDING, TOKENS);
      var tokens = await();
      assertThat(time.seconds()).containsExactly(6L, 6L);
      assertThat(tokens.accessToken()).isEqualTo("kf_1");
      assertThat(tokens.refreshToken()).contains("kfr_1");
      assertThat(tokens.owner().displayName()).contains("Alice");
      assertThat(tokens.expiresAt()).contains(time.instant().plusSeconds(3600));
      assertThat(tokens.toString()).doesNotContain("kf_1").doesNotContain("kfr_1");
    }

    @Test
    void sends_the_grant_the_client_and_the_code() throws Exception {
      server.answer("/token", TOKENS);
      await();
      assertThat(server.asked("/token").getFirst().parameters())
          .containsOnly(
              Map.entry("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
              Map.entry("client_id", "cli"),
              Map.entry("device_code", "device-code"));
    }

    @Test
    void waits_five_seconds_without_an_interval() throws Exception {
      server.answer("/token", TOKENS);
      start(",\"expires_in\":600").await(new Typist());
      assertThat(time.seconds()).containsExactly(6L);
    }

    @ParameterizedTest(name = "interval {0} makes {1} s")
    @CsvSource({
      "0, 1",
      "-7, 1",
      "1000000000, 360",
      "99999999999999999999999, 6",
      "'\"3\"', 6",
      "2.5, 6",
      "null, 6",
      "[], 6",
      "{}, 6",
      "true, 6"
    })
    void a_senseless_interval_is_harmless(String interval, long seconds) throws Exception {
      server.answer("/token", TOKENS);
      start(",\"expires_in\":600,\"interval\":" + interval).await(new Typist());
      assertThat(time.seconds()).containsExactly(seconds);
    }

    @Test
    void slow_down_adds_five_seconds_permanently() throws Exception {
      server.answer("/token", Answer.error("slow_down"), PENDING, TOKENS);
      await();
      assertThat(time.seconds()).containsExactly(6L, 12L, 12L);
    }

    @ParameterizedTest(name = "slow_down with interval {0} makes {1} s")
    @CsvSource({"30, 36", "7, 12", "-1, 12", "1000000000, 360", "'\"x\"', 12"})
    void slow_down_uses_the_larger_of_five_more_seconds_and_the_interval_in_the_body(
        String interval, long seconds) throws Exception {
      server.answer(
          "/token",
          new Answer(400, "{\"error\":\"slow_down\",\"interval\":" + interval + "}"),
          TOKENS);
      await();
      assertThat(time.seconds()).containsExactly(6L, seconds);
    }

    @Test
    void tolerates_outages_and_waits_longer_each_time() throws Exception {
      var down = new Answer(503, "");
      server.answer(
          "/token", down, new Answer(500, "<html>"), HANG_UP, down, down, PENDING, TOKENS);
      var typist = new Typist();
      start().await(typist);
      assertThat(time.seconds()).containsExactly(6L, 6L, 12L, 24L, 48L, 60L, 6L);
      assertThat(typist.outages).hasSize(5);
    }

    @Test
    void repeats_a_possibly_lost_poll_soon_even_with_a_long_interval() throws Exception {
      server.answer("/token", HANG_UP, TOKENS);
      start(",\"expires_in\":3600,\"interval\":200").await(new Typist());
      assertThat(time.seconds()).containsExactly(240L, 30L);
    }

    @ParameterizedTest(name = "Retry-After {0} makes {1} s")
    @CsvSource({"40, 40", "1, 6", "1000000000, 300", "-5, 6", "soon, 6", "99999999999999999, 300"})
    void honours_retry_after(String seconds, long pause) throws Exception {
      server.answer("/token", new Answer(429, "{}", Map.of("Retry-After", seconds)), TOKENS);
      await();
      assertThat(time.seconds()).containsExactly(6L, pause);
    }

    @Test
    void reuses_the_key_of_a_poll_only_after_a_lost_response() throws Exception {
      server.answer("/token", PENDING, HANG_UP, new Answer(503, ""), PENDING, TOKENS);
      await();
      var keys = keys();
      assertThat(keys.get(1)).isEqualTo(keys.get(2)).isEqualTo(keys.get(3));
      assertThat(keys).doesNotContain("");
      assertThat(keys.stream().distinct()).hasSize(3);
      assertThat(keys).allMatch(key -> key.length() == 22, "128 bits");
    }

    @Test
    void polls_a_last_time_when_the_code_expires() throws Exception {
      server.answer("/token", PENDING);
      var login = start(",\"expires_in\":14");
      assertThatThrownBy(() -> login.await(new Typist())).isInstanceOf(Expired.class);
      assertThat(time.seconds()).containsExactly(6L, 6L, 2L);
      assertThat(server.asked("/token")).hasSize(3);
    }

    @Test
    void an_outage_until_the_end_is_not_an_expiry() throws Exception {
      server.answer("/token", HANG_UP);
      var login = start();
      assertThatThrownBy(() -> login.await(new Typist())).isInstanceOf(Unreachable.class);
      assertThat(time.pauses.stream().mapToLong(Duration::toSeconds).sum()).isEqualTo(600);
    }

    @Test
    void an_outage_that_is_over_by_the_end_is_forgotten() throws Exception {
      server.answer("/token", HANG_UP, new Answer(503, ""), PENDING);
      var login = start(",\"expires_in\":20");
      assertThatThrownBy(() -> login.await(new Typist())).isInstanceOf(Expired.class);
    }

    @Test
    void distinguishes_a_denial_an_expiry_and_a_refusal() throws Exception {
      server.answer("/token", Answer.error("access_denied"));
      var denied = start();
      assertThatThrownBy(() -> denied.await(new Typist())).isInstanceOf(Denied.class);
      server.answer("/token", Answer.error("expired_token"));
      var expired = start();
      assertThatThrownBy(() -> expired.await(new Typist())).isInstanceOf(Expired.class);
      server.answer("/token", Answer.error("invalid_grant"));
      var refused = start();
      assertThatThrownBy(() -> refused.await(new Typist())).isInstanceOf(Refused.class);
    }
  }

  @Nested
  class Number_matching {
    private static final Answer WANTED = Answer.error("confirmation_required");

    private List<String> numbers() {
      return server.asked("/token").stream().map(poll -> poll.parameter("confirmation")).toList();
    }

    @Test
    void asks_for_the_number_and_polls_with_it() throws Exception {
      server.answer("/token", PENDING, WANTED, TOKENS);
      var typist = new Typist(" 47\n");
      start().await(typist);
      assertThat(numbers()).containsExactly("", "", "47");
      assertThat(typist.again).containsExactly(false);
    }

    @Test
    void asks_again_after_a_wrong_number() throws Exception {
      server.answer("/token", WANTED, WANTED, TOKENS);
      var typist = new Typist("11", "47");
      start().await(typist);
      assertThat(numbers()).containsExactly("", "11", "47");
      assertThat(typist.again).containsExactly(false, true);
    }

    @Test
    void asks_again_without_sending_text_that_is_not_a_number() throws Exception {
      server.answer("/token", WANTED, TOKENS);
      var typist = new Typist("", "forty-seven", "٤٧", "47");
      start().await(typist);
      assertThat(numbers()).containsExactly("", "47");
      assertThat(typist.again).containsExactly(false, true, true, true);
    }

    @Test
    void keeps_polling_while_no_one_types_and_learns_of_a_denial() throws Exception {
      server.answer("/token", WANTED, WANTED, WANTED, Answer.error("access_denied"));
      var login = start();
      assertThatThrownBy(() -> login.await(new Typist())).isInstanceOf(Denied.class);
      assertThat(numbers()).containsExactly("", "", "", "");
    }

    @Test
    void repeats_the_number_and_the_key_after_a_lost_response() throws Exception {
      server.answer("/token", WANTED, HANG_UP, new Answer(503, ""), TOKENS);
      start().await(new Typist("47"));
      assertThat(numbers()).containsExactly("", "47", "47", "47");
      assertThat(keys().stream().distinct()).hasSize(2);
    }

    @Test
    void passes_on_an_exception_of_the_person() throws Exception {
      server.answer("/token", WANTED);
      var login = start();
      assertThatThrownBy(() ->
              login.await(_ -> {
                throw new IllegalStateException("no terminal");
              }))
          .hasMessage("no terminal");
    }
  }
}
