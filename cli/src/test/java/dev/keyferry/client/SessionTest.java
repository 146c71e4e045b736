package dev.keyferry.client;

import static dev.keyferry.client.ScriptedServer.HANG_UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.LoggedOut;
import dev.keyferry.client.LoginException.Refused;
import dev.keyferry.client.LoginException.Storage;
import dev.keyferry.client.LoginException.Unreachable;
import dev.keyferry.client.ScriptedServer.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of a login in use.
class SessionTest {
  private static final Owner ALICE =
      new Owner(Optional.of("alice"), Optional.of("Alice"), Optional.empty(), Optional.empty());

  @TempDir Path home;
  private final ScriptedServer server = new ScriptedServer();
  private final TestTime time = new TestTime();
  private Directories directories;
  private TokenStore store;
  private Session session;

  @BeforeEach
  void open() {
    directories = Directories.of(Map.of(), home);
    store = new EncryptedFileStore(directories.data());
    session = session(Profile.login("work", server.issuer(), "cli", "read"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Session session(Profile profile) {
    return Session.of(Http.create(), profile, store, directories, time.time());
  }

  private Tokens tokens(Duration life, String refreshToken) {
    return new Tokens(
        "old",
        "Bearer",
        Optional.of(time.instant().plus(life)),
        "read",
        Optional.of(refreshToken).filter(token -> !token.isEmpty()),
        ALICE);
  }

  private static Answer fresh(String more) {
    return new Answer(
        200,
        "{\"access_token\":\"new\",\"token_type\":\"Bearer\",\"expires_in\":3600" + more + "}");
  }

  private List<ScriptedServer.Asked> refreshes() {
    return server.asked("/token");
  }

  @Test
  void a_token_valid_for_more_than_a_minute_is_used_without_a_request() throws Exception {
    session.keep(tokens(Duration.ofSeconds(61), "r1"));
    assertThat(session.accessToken()).isEqualTo("old");
    assertThat(refreshes()).isEmpty();
    assertThat(server.asked("/.well-known/oauth-authorization-server")).isEmpty();
  }

  @Test
  void a_token_that_expires_within_a_minute_is_refreshed() throws Exception {
    server.answer("/token", fresh(",\"refresh_token\":\"r2\""));
    session.keep(tokens(Duration.ofSeconds(60), "r1"));
    assertThat(session.accessToken()).isEqualTo("new");
    assertThat(refreshes()).hasSize(1);
    assertThat(refreshes().getFirst().parameters())
        .containsOnly(
            Map.entry("grant_type", "refresh_token"),
            Map.entry("refresh_token", "r1"),
            Map.entry("client_id", "cli"));
    var kept = session.storedTokens().orElseThrow();
    assertThat(kept.refreshToken()).contains("r2");
    assertThat(kept.expiresAt()).contains(time.instant().plusSeconds(3600));
  }

  @Test
  void values_that_the_response_omits_stay_the_same() throws Exception {
    server.answer("/token", fresh(""));
    session.keep(tokens(Duration.ZERO, "r1"));
    session.accessToken();
    var kept = session.storedTokens().orElseThrow();
    assertThat(kept.refreshToken()).contains("r1");
    assertThat(kept.scope()).isEqualTo("read");
    assertThat(kept.owner()).isEqualTo(ALICE);
  }

  @Test
  void a_lost_refresh_is_repeated_with_the_same_key_even_by_the_next_process() throws Exception {
    server.answer("/token", HANG_UP, new Answer(503, ""), HANG_UP, fresh(""));
    session.keep(tokens(Duration.ZERO, "r1"));
    assertThatThrownBy(session::accessToken).isInstanceOf(Unreachable.class);
    assertThat(session(session.profile().orElseThrow()).accessToken()).isEqualTo("new");
    assertThat(refreshes().stream().map(asked -> asked.header("Idempotency-key")).distinct())
        .hasSize(1)
        .allMatch(key -> key.length() == 22);
    session.keep(tokens(Duration.ZERO, "r2"));
    session.accessToken();
    assertThat(refreshes().stream().map(asked -> asked.header("Idempotency-key")).distinct())
        .hasSize(2);
  }

  @Test
  void the_key_of_a_repetition_does_not_follow_from_the_refresh_token() throws Exception {
    server.answer("/token", fresh(""));
    session.keep(tokens(Duration.ZERO, "r1"));
    session.accessToken();
    session.keep(tokens(Duration.ZERO, "r1"));
    session.accessToken();
    assertThat(refreshes().stream().map(asked -> asked.header("Idempotency-key")).distinct())
        .hasSize(2);
  }

  @Test
  void an_outage_leaves_everything_as_it_was() throws Exception {
    server.answer("/token", new Answer(503, "{\"error\":\"invalid_grant\"}"));
    session.keep(tokens(Duration.ZERO, "r1"));
    assertThatThrownBy(session::accessToken).isInstanceOf(Unreachable.class);
    assertThat(session.storedTokens().orElseThrow().refreshToken()).contains("r1");
    server.answer("/token", fresh(""));
    assertThat(session.accessToken()).isEqualTo("new");
  }

  @Test
  void in_an_outage_a_token_that_is_still_valid_is_used() throws Exception {
    server.close();
    session.keep(tokens(Duration.ofSeconds(30), "r1"));
    assertThat(session.accessToken()).isEqualTo("old");
    time.advance(Duration.ofSeconds(30));
    assertThatThrownBy(session::accessToken).isInstanceOf(Unreachable.class);
  }

  @Test
  void an_ended_login_is_deleted_and_reported() throws Exception {
    server.answer("/token", Answer.error("invalid_grant"));
    session.keep(tokens(Duration.ZERO, "r1"));
    assertThatThrownBy(session::accessToken)
        .isInstanceOf(LoggedOut.class)
        .hasMessageContaining("Log in again");
    assertThat(session.storedTokens()).isEmpty();
    assertThatThrownBy(session::accessToken).isInstanceOf(LoggedOut.class);
    assertThat(refreshes()).hasSize(1);
  }

  @Test
  void any_other_refusal_leaves_the_login_alone() throws Exception {
    server.answer("/token", new Answer(401, "{\"error\":\"invalid_client\"}"));
    session.keep(tokens(Duration.ZERO, "r1"));
    assertThatThrownBy(session::accessToken).isInstanceOf(Refused.class);
    assertThat(session.storedTokens()).isPresent();
  }

  @Test
  void without_a_refresh_token_a_token_is_used_until_it_expires() throws Exception {
    session.keep(tokens(Duration.ofSeconds(5), ""));
    assertThat(session.accessToken()).isEqualTo("old");
    time.advance(Duration.ofSeconds(5));
    assertThatThrownBy(session::accessToken).isInstanceOf(LoggedOut.class);
  }

  @Test
  void a_refused_token_is_refreshed_once_and_the_request_repeated_once() throws Exception {
    server.answer("/token", fresh(""));
    server.answer("/api", new Answer(401, ""), new Answer(200, "done"));
    session.keep(tokens(Duration.ofHours(1), "r1"));
    var reply = session.send(HttpRequest.newBuilder(server.issuer().resolve("/api")));
    assertThat(reply.body()).isEqualTo("done");
    assertThat(server.asked("/api").stream().map(asked -> asked.header("Authorization")))
        .containsExactly("Bearer old", "Bearer new");
  }

  @Test
  void a_permanently_refused_token_is_not_retried_forever() throws Exception {
    server.answer("/token", fresh(""));
    server.answer("/api", new Answer(401, ""));
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.send(HttpRequest.newBuilder(server.issuer().resolve("/api"))).status())
        .isEqualTo(401);
    assertThat(server.asked("/api")).hasSize(2);
    assertThat(refreshes()).hasSize(1);
  }

  @Test
  void a_403_of_the_api_is_not_a_refused_token() throws Exception {
    server.answer("/api", new Answer(403, "{\"error\":\"insufficient_scope\"}"));
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.send(HttpRequest.newBuilder(server.issuer().resolve("/api"))).status())
        .isEqualTo(403);
    assertThat(refreshes()).isEmpty();
  }

  @Test
  void an_edited_profile_sends_the_tokens_nowhere() throws Exception {
    session.keep(tokens(Duration.ZERO, "r1"));
    for (var edited :
        List.of(
            Profile.login("work", URI.create("https://evil.example"), "cli", "read"),
            Profile.login("work", server.issuer(), "other", "read"))) {
      assertThatThrownBy(() -> session(edited).accessToken())
          .isInstanceOf(LoggedOut.class)
          .hasMessageContaining("another server or client");
    }
    assertThat(refreshes()).isEmpty();
  }

  @Test
  void damaged_tokens_are_reported_and_a_new_login_replaces_them() throws Exception {
    store.put("login/work", "{\"issuer\":7}");
    assertThatThrownBy(session::accessToken).isInstanceOf(Storage.class);
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.accessToken()).isEqualTo("old");
    try (var files = Files.list(directories.data())) {
      for (var file : files.toList()) {
        Files.writeString(file, "x");
      }
    }
    assertThatThrownBy(session::accessToken).isInstanceOf(Storage.class);
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.accessToken()).isEqualTo("old");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE})
  void an_impossible_time_is_reported_as_damage(long seconds) {
    var kept =
        "{\"issuer\":\"%s\",\"client_id\":\"cli\",\"access_token\":\"a\",\"expires_at\":%d}"
            .formatted(server.issuer(), seconds);
    assertThatThrownBy(() -> StoredTokens.parse(kept)).isInstanceOf(Storage.class);
    var pending =
        """
        {"issuer":"%1$s","client_id":"cli","device_code":"d","user_code":"W","expires_at":%2$d,
         "verification_uri":"%1$s/go","idempotency_key":"k"}\
        """
            .formatted(server.issuer(), seconds);
    assertThatThrownBy(() -> Pending.parse(pending)).isInstanceOf(Storage.class);
  }

  @Test
  void logging_out_deletes_the_login_even_if_the_server_is_unreachable() throws Exception {
    server.close();
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.logout()).isFalse();
    assertThat(session.storedTokens()).isEmpty();
    assertThat(session.logout()).isFalse();
  }

  @Test
  void logging_out_revokes_both_tokens() throws Exception {
    server.answer("/revoke", new Answer(200, ""));
    session.keep(tokens(Duration.ofHours(1), "r1"));
    assertThat(session.logout()).isTrue();
    assertThat(server.asked("/revoke").stream().map(asked -> asked.parameter("token")))
        .containsExactly("r1", "old");
  }

  @Test
  void an_invalid_key_is_refused_and_an_empty_one_is_no_key() throws Exception {
    for (var text : List.of("", " ", "a b", "a\nb", "ä")) {
      assertThatThrownBy(() -> session.keepKey(text)).isInstanceOf(Storage.class);
    }
    assertThat(Session.ofEnvironment(Http.create(), Map.of())).isEmpty();
    assertThat(Session.ofEnvironment(Http.create(), Map.of("KEYFERRY_TOKEN", " "))).isEmpty();
    assertThatThrownBy(() -> Session.ofEnvironment(Http.create(), Map.of("KEYFERRY_TOKEN", "a b")))
        .isInstanceOf(Storage.class);
  }

  @Test
  void a_process_that_keeps_the_lock_is_reported() throws Exception {
    var file = directories.state().resolve("locks/work.lock");
    try (var _ = ProcessLock.take(file)) {
      var failure = new FutureTask<>(() -> ProcessLock.take(file, Duration.ofMillis(50)));
      Thread.ofVirtual().start(failure);
      assertThatThrownBy(failure::get).hasRootCauseInstanceOf(Storage.class);
    }
    ProcessLock.take(file, Duration.ofMillis(50)).close();
  }
}
