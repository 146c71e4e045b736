package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.Denied;
import dev.keyferry.client.LoginException.LoggedOut;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the library with Keyferry itself.
@Timeout(90)
class KeyferryTest {
  private static final int PROCESSES = 20;

  @TempDir Path home;
  private final Http http = Http.create();
  private Directories directories;
  private TokenStore store;

  /// Really waits, but only for a tenth of the time. At worst, the server counts such polls as
  /// early.
  private static final Time HASTY =
      new Time(
          InstantSourceNow.INSTANCE,
          (pause, wake) -> Time.Sleeper.SYSTEM.sleep(pause.dividedBy(10), wake));

  private enum InstantSourceNow implements InstantSource {
    INSTANCE;

    @Override
    public Instant instant() {
      return InstantSource.system().instant();
    }
  }

  @BeforeEach
  void directories() {
    directories = Directories.of(Map.of(), home);
    store = new EncryptedFileStore(directories.data());
  }

  private static LoginRequest asking(String clientId, String scope, Duration lifetime) {
    return new LoginRequest(clientId, scope, "test", Optional.of(lifetime), true);
  }

  private Tokens login(Duration lifetime) throws Exception {
    var login =
        DeviceLogin.start(
            LocalStack.server(), asking("cli", "read offline_access", lifetime), HASTY);
    LocalStack.approve("alice", login.pending().userCode());
    return login.await(_ -> "");
  }

  private Session session(Profile profile) {
    return Session.of(http, profile, store, directories, Time.SYSTEM);
  }

  private static Profile profile() {
    return Profile.login("work", LocalStack.url(), "cli", "read offline_access");
  }

  private Reply whoami(Session session) throws Exception {
    return session.send(HttpRequest.newBuilder(LocalStack.url().resolve("/whoami")));
  }

  @Test
  void logs_in_with_a_code_and_knows_the_owner() throws Exception {
    var tokens = login(Duration.ofHours(1));
    assertThat(tokens.scope()).isEqualTo("read offline_access");
    assertThat(tokens.owner().name()).contains("Alice");
    assertThat(tokens.owner().email()).contains("alice@example.com");
    assertThat(tokens.owner().organisation()).contains("example");
    var session = session(profile());
    session.keep(tokens);
    assertThat(whoami(session).json().string("sub")).isEqualTo("alice");
    assertThat(session.accessToken()).isEqualTo(tokens.accessToken());
  }

  @Test
  void learns_of_a_denial() throws Exception {
    var login = DeviceLogin.start(LocalStack.server(), LoginRequest.of("cli", "read"), HASTY);
    LocalStack.deny("alice", login.pending().userCode());
    assertThatThrownBy(() -> login.await(_ -> "")).isInstanceOf(Denied.class);
  }

  @Test
  void enters_the_number_that_the_page_shows() throws Exception {
    var login =
        DeviceLogin.start(
            LocalStack.server(), asking(LocalStack.CAREFUL, "read", Duration.ofHours(1)), HASTY);
    var number = LocalStack.approve("alice", login.pending().userCode()).string("confirmation");
    var wrong = number.equals("10") ? "11" : "10";
    var asked = new CopyOnWriteArrayList<Boolean>();
    var tokens =
        login.await(again -> {
          asked.add(again);
          return again ? number : wrong;
        });
    assertThat(tokens.accessToken()).startsWith("kf_");
    assertThat(asked).containsExactly(false, true);
  }

  @Test
  void logs_in_by_browser() throws Exception {
    try (var login =
        BrowserLogin.start(
            LocalStack.server(), asking("cli", "read offline_access", Duration.ofHours(1)))) {
      var back = LocalStack.browse("alice", login.authorizationUri());
      assertThat(back.getRawQuery()).contains("code=").contains("iss=").contains("state=");
      var page = visit(back);
      assertThat(page).isEqualTo(200);
      var tokens = login.await(Duration.ofSeconds(10));
      assertThat(tokens.owner().name()).contains("Alice");
      assertThat(tokens.refreshToken()).isPresent();
      var session = session(profile());
      session.keep(tokens);
      assertThat(whoami(session).json().string("sub")).isEqualTo("alice");
    }
  }

  @Test
  void learns_by_browser_what_the_server_refuses() throws Exception {
    try (var login =
        BrowserLogin.start(LocalStack.server(), asking("cli", "read admin", Duration.ofHours(1)))) {
      visit(LocalStack.browse("alice", login.authorizationUri()));
      assertThatThrownBy(() -> login.await(Duration.ofSeconds(10)))
          .hasMessageContaining("invalid_scope");
    }
  }

  private static int visit(URI uri) throws IOException, InterruptedException {
    try (var browser = HttpClient.newHttpClient()) {
      return browser
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void a_token_about_to_expire_is_refreshed_and_the_next_one_stored() throws Exception {
    var session = session(profile());
    var first = login(Duration.ofSeconds(60));
    session.keep(first);
    var second = session.accessToken();
    assertThat(second).isNotEqualTo(first.accessToken());
    var kept = session.storedTokens().orElseThrow();
    assertThat(kept.accessToken()).isEqualTo(second);
    assertThat(kept.refreshToken()).isPresent().isNotEqualTo(first.refreshToken());
    assertThat(kept.owner().name()).contains("Alice");
  }

  @Test
  void a_process_killed_between_the_refresh_and_the_store_ends_no_login() throws Exception {
    var session = session(profile());
    var first = login(Duration.ofSeconds(60));
    session.keep(first);
    var name = "login/" + profile().name();
    var stored = store.get(name).orElseThrow();
    var second = session.accessToken();
    // Restores the store as if the response had never been stored.
    store.put(name, stored);
    assertThat(session.accessToken()).isEqualTo(second);
    assertThat(whoami(session).status()).isEqualTo(200);
  }

  @Test
  void a_login_that_was_revoked_elsewhere_is_deleted_and_requires_a_new_login() throws Exception {
    var session = session(profile());
    var tokens = login(Duration.ofHours(1));
    session.keep(tokens);
    http.post(
        LocalStack.url().resolve("/oauth/revoke"),
        Map.of("client_id", "cli", "token", tokens.accessToken()));
    assertThatThrownBy(() -> whoami(session))
        .isInstanceOf(LoggedOut.class)
        .hasMessageContaining("Log in again");
    assertThat(session.storedTokens()).isEmpty();
  }

  @Test
  void logging_out_revokes_at_the_server_and_deletes_here() throws Exception {
    var session = session(profile());
    var tokens = login(Duration.ofHours(1));
    session.keep(tokens);
    assertThat(session.logout()).isTrue();
    assertThat(session.storedTokens()).isEmpty();
    var key = session(Profile.key("stolen", LocalStack.url()));
    key.keepKey(tokens.accessToken());
    assertThat(whoami(key).status()).isIn(401, 403);
    assertThat(session.logout()).isFalse();
  }

  @Test
  void a_key_is_sent_as_it_is_whether_pasted_or_from_the_environment() throws Exception {
    var key = login(Duration.ofHours(1)).accessToken();
    var pasted = session(Profile.key("old", LocalStack.url()));
    pasted.keepKey(key + "\n");
    assertThat(whoami(pasted).status()).isEqualTo(200);
    var given = Session.ofEnvironment(http, Map.of("KEYFERRY_TOKEN", key)).orElseThrow();
    assertThat(whoami(given).status()).isEqualTo(200);
    // Deleted but not revoked, because others may use it.
    assertThat(pasted.logout()).isFalse();
    assertThat(pasted.storedTokens()).isEmpty();
    assertThat(whoami(given).status()).isEqualTo(200);
  }

  private static long replays() {
    return LocalStack.audited("replay_refused") + LocalStack.audited("reuse_detected");
  }

  @Test
  void twenty_processes_that_start_together_refresh_once_and_stay_logged_in() throws Exception {
    session(profile()).keep(login(Duration.ofSeconds(60)));
    var before = LocalStack.audited("refreshed");
    var replays = replays();
    var children = new ArrayList<Process>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(
            Children.java(RefreshingProcess.class, home.toString(), LocalStack.url().toString())
                .start());
      }
      for (var child : children) {
        assertThat(child.getInputStream().read()).isEqualTo('r');
      }
      // All processes are ready.
      for (var child : children) {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
      }
      var tokens = new HashSet<String>();
      for (var child : children) {
        tokens.add(
            new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        assertThat(child.waitFor()).isZero();
      }
      assertThat(tokens)
          .containsExactly(session(profile()).storedTokens().orElseThrow().accessToken());
      assertThat(LocalStack.audited("refreshed") - before).isEqualTo(1);
      assertThat(replays()).isEqualTo(replays);
    } finally {
      children.forEach(Process::destroyForcibly);
    }
  }

  @Test
  void threads_of_one_process_refresh_once_too() throws Exception {
    session(profile()).keep(login(Duration.ofSeconds(60)));
    var before = LocalStack.audited("refreshed");
    var go = new CountDownLatch(1);
    var tokens = new CopyOnWriteArrayList<String>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < PROCESSES; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  go.await();
                  tokens.add(session(profile()).accessToken());
                } catch (LoginException | InterruptedException e) {
                  tokens.add(e.toString());
                }
              }));
    }
    go.countDown();
    for (var thread : threads) {
      thread.join();
    }
    assertThat(tokens).hasSize(PROCESSES);
    assertThat(new HashSet<>(tokens))
        .containsExactly(session(profile()).storedTokens().orElseThrow().accessToken());
    assertThat(LocalStack.audited("refreshed") - before).isEqualTo(1);
  }
}
