package dev.keyferry.client;

import static dev.keyferry.client.HostileServer.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests with a server that handles requests but never responds.
@Timeout(20)
class LostResponseTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String FRESH =
      "{\"access_token\":\"new\",\"token_type\":\"Bearer\",\"expires_in\":3600}";

  @TempDir Path home;
  private final HostileServer server = new HostileServer();
  private final TestTime time = new TestTime();
  private final List<Long> sent = new CopyOnWriteArrayList<>();

  /// Long limits for all requests except token requests.
  private final Http http =
      Http.create(new Http.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), SHORT, 65_536));

  @AfterEach
  void close() {
    server.close();
    http.close();
  }

  private void commitAndHang(int times) {
    server.attack(
        "/token",
        out -> {
          sent.add(System.nanoTime());
          if (sent.size() <= times) {
            new CountDownLatch(1).await();
          }
          says(200, FRESH).on(out);
        });
  }

  @Test
  void a_refresh_is_repeated_while_the_server_still_repeats_its_response() throws Exception {
    commitAndHang(2);
    var directories = Directories.of(Map.of(), home);
    var session =
        Session.of(
            http,
            Profile.login("work", server.issuer(), "cli", "read"),
            new EncryptedFileStore(directories.data()),
            directories,
            time.time());
    session.keep(
        new Tokens(
            "old", "Bearer", Optional.of(time.instant()), "", Optional.of("r1"), Owner.UNKNOWN));
    assertThat(session.accessToken()).isEqualTo("new");
    assertThat(sent).hasSize(3);
    assertThat(time.seconds()).containsExactly(1L, 2L);
  }

  @Test
  void a_poll_is_repeated_while_the_server_still_repeats_its_response() throws Exception {
    commitAndHang(1);
    var at = Server.discover(http, server.issuer());
    var login = DeviceLogin.start(at, LoginRequest.of("cli", "read"), time.time());
    assertThat(login.await(_ -> "47").accessToken()).isEqualTo("new");
    assertThat(time.seconds()).containsExactly(6L, 6L);
  }

  @Test
  void the_last_repetition_comes_within_half_a_minute_whatever_the_server_requests() {
    assertThat(PersistentRequest.longest(Http.Limits.DEFAULT)).isLessThan(Duration.ofSeconds(25));
  }

  @Test
  void a_server_that_asks_for_more_time_gets_the_longest_pause() throws Exception {
    var asked = Map.of("Retry-After", "10");
    try (var busy = new ScriptedServer()) {
      busy.answer("/token", new ScriptedServer.Answer(503, "", asked), ScriptedServer.TOKENS);
      PersistentRequest.send(busy.discover(), time.time(), Map.of("a", "b"), "key");
    }
    assertThat(time.seconds()).containsExactly(5L);
  }
}
