package dev.keyferry.client;

import static dev.keyferry.client.ScriptedServer.HANG_UP;
import static dev.keyferry.client.ScriptedServer.TOKENS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Denied;
import dev.keyferry.client.LoginException.Expired;
import dev.keyferry.client.LoginException.Refused;
import dev.keyferry.client.ScriptedServer.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the browser flow: RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207.
class BrowserLoginTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final HttpClient BROWSER = HttpClient.newHttpClient();

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void close() {
    server.close();
  }

  private BrowserLogin start() throws LoginException, InterruptedException {
    return start(LoginRequest.of("cli", "read"));
  }

  private BrowserLogin start(LoginRequest request) throws LoginException, InterruptedException {
    server.answer("/token", TOKENS);
    return BrowserLogin.start(server.discover(), request);
  }

  private static Map<String, String> sent(BrowserLogin login) {
    return ScriptedServer.form(login.authorizationUri().getRawQuery());
  }

  private static URI callback(BrowserLogin login, String query) {
    return URI.create(sent(login).get("redirect_uri") + "?" + query);
  }

  private static String state(BrowserLogin login) {
    return "&state=" + sent(login).get("state");
  }

  private static HttpResponse<String> visit(URI uri) throws IOException, InterruptedException {
    return BROWSER.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void sends_the_browser_to_the_server_with_pkce_and_a_port_of_this_machine() throws Exception {
    var request =
        new LoginRequest("cli", "read write", "My laptop", Optional.of(Duration.ofDays(1)), true);
    try (var login = start(request);
        var other = start(request)) {
      assertThat(login.authorizationUri().toString()).startsWith(server.issuer() + "/authorize?");
      assertThat(sent(login))
          .containsEntry("response_type", "code")
          .containsEntry("client_id", "cli")
          .containsEntry("scope", "read+write".replace('+', ' '))
          .containsEntry("code_challenge_method", "S256")
          .containsEntry("device_name", "My laptop")
          .containsEntry("expires_in", "86400")
          .doesNotContainKey("prompt");
      assertThat(sent(login).get("redirect_uri")).matches("http://127\\.0\\.0\\.1:[0-9]+/callback");
      assertThat(sent(login).get("state")).hasSize(43).isNotEqualTo(sent(other).get("state"));
      assertThat(sent(login).get("code_challenge"))
          .hasSize(43)
          .isNotEqualTo(sent(other).get("code_challenge"));
    }
  }

  @Test
  void the_address_for_the_browser_contains_no_parameters_and_redirects_once() throws Exception {
    try (var login = start();
        var other = start()) {
      assertThat(login.opener().toString())
          .matches("http://127\\.0\\.0\\.1:[0-9]+/[A-Za-z0-9_-]{22}");
      assertThat(login.opener().getPath()).isNotEqualTo(other.opener().getPath());
      for (var more : List.of("x", "?x", "/")) {
        assertThat(visit(URI.create(login.opener() + more)).statusCode()).isEqualTo(404);
      }
      var post = HttpRequest.newBuilder(login.opener()).POST(BodyPublishers.noBody()).build();
      assertThat(BROWSER.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
      var sentOn = visit(login.opener());
      assertThat(sentOn.statusCode()).isEqualTo(302);
      assertThat(sentOn.headers().firstValue("Location"))
          .contains(login.authorizationUri().toString());
      assertThat(sentOn.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(sentOn.headers().firstValue("Referrer-Policy")).contains("no-referrer");
      assertThat(sentOn.body()).isEmpty();
      assertThat(visit(login.opener()).statusCode()).isEqualTo(404);
      visit(callback(login, "code=c" + state(login)));
      assertThat(login.await(SOON).accessToken()).isEqualTo("kf_1");
    }
  }

  @Test
  void redeems_the_code_with_the_verifier() throws Exception {
    try (var login = start()) {
      var page = visit(callback(login, "code=the%20code" + state(login)));
      var tokens = login.await(SOON);
      assertThat(tokens.accessToken()).isEqualTo("kf_1");
      var asked = server.asked("/token").getFirst();
      assertThat(asked.parameters())
          .containsEntry("grant_type", "authorization_code")
          .containsEntry("code", "the code")
          .containsEntry("client_id", "cli")
          .containsEntry("redirect_uri", sent(login).get("redirect_uri"));
      assertThat(Base64Url.sha256(asked.parameter("code_verifier")))
          .isEqualTo(sent(login).get("code_challenge"));
      assertThat(asked.header("Idempotency-key")).hasSize(22);
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("You can close this window").doesNotContain("the code");
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "frame-ancestors 'none'");
      assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    }
  }

  @Test
  void repeats_the_redemption_with_the_same_key_after_a_lost_response() throws Exception {
    var time = new TestTime();
    server.answer("/token", HANG_UP, new Answer(503, ""), TOKENS);
    try (var login =
        BrowserLogin.start(server.discover(), LoginRequest.of("cli", "read"), time.time())) {
      visit(callback(login, "code=c" + state(login)));
      assertThat(login.await(SOON).accessToken()).isEqualTo("kf_1");
      var keys = server.asked("/token").stream().map(asked -> asked.header("Idempotency-key"));
      assertThat(keys.distinct()).hasSize(1);
      assertThat(server.asked("/token")).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "code=x",
        "code=x&state=",
        "code=x&state=guess",
        "state=STATE",
        "",
        "code=x&code=y&state=STATE",
        "code=x&state=STATE&state=STATE",
        "code=x&error=y&state=STATE",
        "code=%zz&state=STATE"
      })
  void other_requests_to_the_callback_get_404_and_end_nothing(String query) throws Exception {
    try (var login = start()) {
      var stray = query.replace("STATE", sent(login).get("state"));
      var callback = URI.create(sent(login).get("redirect_uri"));
      var port = callback.getPort();
      // Sent over a socket, because an HTTP client would refuse some of it.
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket
            .getOutputStream()
            .write(
                "GET /callback?%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .formatted(stray)
                    .getBytes(US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
            .doesNotContain("200 OK");
      }
      visit(callback(login, "code=c" + state(login)));
      assertThat(login.await(SOON).accessToken()).isEqualTo("kf_1");
      assertThat(server.asked("/token").getFirst().parameter("code")).isEqualTo("c");
    }
  }

  @Test
  void other_paths_get_404_and_the_callback_works_once() throws Exception {
    try (var login = start()) {
      var callback = callback(login, "code=c" + state(login));
      for (var path :
          new String[] {"/", "/callback/", "/callback/x", "/Callback", "/favicon.ico"}) {
        assertThat(visit(callback.resolve(path + "?" + callback.getRawQuery())).statusCode())
            .isEqualTo(404);
      }
      var post = HttpRequest.newBuilder(callback).POST(BodyPublishers.noBody()).build();
      assertThat(BROWSER.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
      assertThat(visit(callback).statusCode()).isEqualTo(200);
      assertThat(visit(callback).statusCode()).isEqualTo(404);
      login.await(SOON);
      assertThatThrownBy(() -> visit(callback)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void listens_only_on_this_machine() throws Exception {
    try (var login = start()) {
      var port = URI.create(sent(login).get("redirect_uri")).getPort();
      var others =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLoopbackAddress())
              .toList();
      for (var address : others) {
        try (var socket = new Socket()) {
          assertThatThrownBy(() -> socket.connect(new InetSocketAddress(address, port), 1000))
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  @Test
  void distinguishes_a_denial_from_a_refusal_and_cleans_both() throws Exception {
    try (var login = start()) {
      visit(callback(login, "error=access_denied" + state(login)));
      assertThatThrownBy(() -> login.await(SOON)).isInstanceOf(Denied.class);
    }
    try (var login = start()) {
      visit(callback(login, "error=invalid_scope&error_description=%1B%5B31mno" + state(login)));
      assertThatThrownBy(() -> login.await(SOON))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.description()).isEqualTo("no"));
    }
    assertThat(server.asked("/token")).isEmpty();
  }

  @Test
  void a_response_from_another_server_redeems_nothing() throws Exception {
    try (var login = start()) {
      visit(callback(login, "code=c&iss=https%3A%2F%2Fevil.example" + state(login)));
      assertThatThrownBy(() -> login.await(SOON)).isInstanceOf(BadServer.class);
    }
    assertThat(server.asked("/token")).isEmpty();
  }

  @Test
  void a_response_without_an_announced_iss_redeems_nothing() throws Exception {
    server.answer(
        "/.well-known/oauth-authorization-server",
        new Answer(
            200, server.metadata(",\"authorization_response_iss_parameter_supported\":true")));
    try (var login = start()) {
      visit(callback(login, "code=c" + state(login)));
      assertThatThrownBy(() -> login.await(SOON)).isInstanceOf(BadServer.class);
    }
    assertThat(server.asked("/token")).isEmpty();
    try (var login = start()) {
      visit(callback(login, "code=c&iss=" + server.issuer() + state(login)));
      assertThat(login.await(SOON).accessToken()).isEqualTo("kf_1");
    }
  }

  @Test
  void without_iss_the_code_goes_only_to_the_server_that_the_browser_visited() throws Exception {
    var elsewhere =
        server.metadata("").replaceFirst("http://[^\"]*/authorize", "https://a.example/authorize");
    server.answer("/.well-known/oauth-authorization-server", new Answer(200, elsewhere));
    assertThatThrownBy(this::start).isInstanceOf(BadServer.class);
    var announced =
        elsewhere.replace("{", "{\"authorization_response_iss_parameter_supported\":true,");
    server.answer("/.well-known/oauth-authorization-server", new Answer(200, announced));
    start().close();
  }

  @Test
  void a_missing_redirect_is_an_expiry() throws Exception {
    try (var login = start()) {
      assertThatThrownBy(() -> login.await(Duration.ofMillis(50))).isInstanceOf(Expired.class);
    }
  }

  @Test
  void asks_an_openid_provider_for_the_consent_that_refresh_tokens_require() throws Exception {
    try (var login = start(LoginRequest.of("cli", "openid offline_access"))) {
      assertThat(sent(login)).containsEntry("prompt", "consent");
    }
  }

  @Test
  void a_query_of_the_endpoint_is_kept() throws Exception {
    var metadata = server.metadata("").replace("/authorize\"", "/authorize?tenant=7\"");
    server.answer("/.well-known/oauth-authorization-server", new Answer(200, metadata));
    try (var login = start()) {
      assertThat(sent(login)).containsEntry("tenant", "7").containsEntry("response_type", "code");
    }
  }
}
