package dev.keyferry.client;

import static dev.keyferry.client.HostileServer.head;
import static dev.keyferry.client.HostileServer.says;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.HostileServer.Attack;
import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Expired;
import dev.keyferry.client.LoginException.Refused;
import dev.keyferry.client.LoginException.Unreachable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that a hostile server causes an error message of one sentence. It never hangs this
/// program, crashes it, or redirects it.
@Timeout(20)
class HostileServerTest {
  private static final String METADATA = "/.well-known/oauth-authorization-server";
  private static final Duration WHOLE = Duration.ofMillis(400);
  private static final int MOST = 64 * 1024;

  private final HostileServer server = new HostileServer();
  private final TestTime time = new TestTime();
  private final Http http = Http.create();

  /// For servers that do not respond.
  private final Http hasty = Http.create(new Http.Limits(WHOLE, WHOLE, WHOLE, MOST));

  @AfterEach
  void close() {
    server.close();
  }

  private Server discover() throws LoginException, InterruptedException {
    return Server.discover(http, server.issuer());
  }

  private DeviceLogin start() throws LoginException, InterruptedException {
    return DeviceLogin.start(discover(), LoginRequest.of("cli", "read"), time.time());
  }

  private Tokens poll() throws LoginException, InterruptedException {
    return start().await(_ -> "47");
  }

  private static String tokens(String member) {
    return "{\"access_token\":\"a\",\"token_type\":\"bearer\"," + member + "}";
  }

  private static void forever(OutputStream out) throws InterruptedException {
    new CountDownLatch(1).await();
  }

  private static void drip(OutputStream out) throws IOException, InterruptedException {
    for (; ; ) {
      out.write(' ');
      out.flush();
      new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
    }
  }

  private static void flood(OutputStream out) throws IOException {
    var block = "x".repeat(8192).getBytes(UTF_8);
    for (; ; ) {
      out.write(block);
    }
  }

  /// Attacks that end in silence or noise, each at a different point.
  static Stream<Named<Attack>> stalls() {
    return Stream.of(
        Named.of("accepts and says nothing", HostileServerTest::forever),
        Named.of(
            "stops within the headers",
            out -> {
              out.write("HTTP/1.1 200 OK\r\nContent-Le".getBytes(UTF_8));
              out.flush();
              forever(out);
            }),
        Named.of(
            "stops within the body",
            out -> {
              out.write(head(200, "Content-Length: 100"));
              out.write('{');
              out.flush();
              forever(out);
            }),
        Named.of(
            "drips headers",
            out -> {
              out.write("HTTP/1.1 200 OK\r\nA: ".getBytes(UTF_8));
              drip(out);
            }),
        Named.of(
            "drips the body",
            out -> {
              out.write(head(200, "Content-Length: 60000"));
              drip(out);
            }),
        Named.of(
            "drips a body of unknown length",
            out -> {
              out.write(head(200, "Connection: close"));
              drip(out);
            }),
        Named.of(
            "sends headers without end",
            out -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
              for (; ; ) {
                out.write("A: b\r\n".getBytes(UTF_8));
              }
            }),
        Named.of(
            "sends one header without end",
            out -> {
              out.write("HTTP/1.1 200 OK\r\nA: ".getBytes(UTF_8));
              flood(out);
            }),
        Named.of(
            "continues without end",
            out -> {
              for (; ; ) {
                out.write("HTTP/1.1 102 Processing\r\n\r\n".getBytes(UTF_8));
              }
            }),
        Named.of("is no HTTP", out -> out.write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(UTF_8))),
        Named.of("sends noise", HostileServerTest::flood),
        Named.of("hangs up", _ -> {}),
        Named.of("lies about the length", out -> out.write(head(200, "Content-Length: 999999999"))),
        Named.of(
            "sends a bad chunk",
            out -> {
              out.write(head(200, "Transfer-Encoding: chunked"));
              out.write("zz\r\n{}\r\n0\r\n\r\n".getBytes(UTF_8));
            }));
  }

  @ParameterizedTest
  @MethodSource("stalls")
  void a_stalled_server_is_unreachable_after_the_timeout(Attack attack) {
    server.attack(METADATA, attack);
    var start = System.nanoTime();
    assertThatThrownBy(() -> Server.discover(hasty, server.issuer()))
        .isInstanceOfAny(Unreachable.class, BadServer.class)
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(400);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WHOLE.multipliedBy(10));
  }

  @ParameterizedTest
  @MethodSource("stalls")
  void polling_a_stalled_token_endpoint_ends_when_the_code_expires(Attack attack) throws Exception {
    server.attack(
        "/device",
        says(
            200,
            """
            {"device_code":"d","user_code":"W","verification_uri":"%s/go","expires_in":6}\
            """
                .formatted(server.issuer())));
    server.attack("/token", attack);
    var impatient = new Server(hasty, discover().metadata());
    var login = DeviceLogin.resume(impatient, start().pending(), time.time());
    assertThatThrownBy(() -> login.await(_ -> "47"))
        .isInstanceOfAny(Unreachable.class, BadServer.class);
  }

  @Nested
  class Bodies {
    @Test
    void ten_megabytes_are_not_read() {
      server.attack(METADATA, says(200, "{\"a\":\"" + "x".repeat(10_000_000) + "\"}"));
      assertThatThrownBy(HostileServerTest.this::discover)
          .isInstanceOf(BadServer.class)
          .hasMessageContaining("more than 65536 bytes");
    }

    @Test
    void a_body_without_end_is_not_read() {
      server.attack(
          METADATA,
          out -> {
            out.write(head(200, "Connection: close"));
            flood(out);
          });
      assertThatThrownBy(HostileServerTest.this::discover)
          .isInstanceOf(BadServer.class)
          .hasMessageContaining("more than 65536 bytes");
    }

    @Test
    void a_body_of_the_largest_size_is_read() throws Exception {
      var metadata = server.metadata();
      var room = MOST - metadata.length() - ",\"a\":\"\"".length();
      var whole = metadata.replaceFirst("}$", ",\"a\":\"" + "x".repeat(room) + "\"}");
      assertThat(whole).hasSize(MOST);
      server.attack(METADATA, says(200, whole));
      assertThat(discover().metadata().offersDevice()).isTrue();
      server.attack(METADATA, says(200, whole + " "));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{", "{}", "{\"issuer\":", "{\"issuer\":7}", "{\"issuer\":null}", "{\"issuer\":[]}",
          "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":1e999999999}", "{\"a\":NaN}", "{'a':1}", "{\u0000}",
          "{\"a\":\"\u0007\"}", "{a:1}", "{\"a\":\"\\ud800\"}", "{\"__proto__\":{}}", "{\"a\":01}"
        })
    void invalid_metadata_is_refused(String body) {
      server.attack(METADATA, says(200, body));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
    }

    @Test
    void deep_nesting_and_long_numbers_are_refused() {
      for (var value : List.of("[".repeat(30_000), "{\"a\":".repeat(9_000), "9".repeat(60_000))) {
        server.attack(METADATA, says(200, "{\"a\":" + value));
        assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
        server.attack(METADATA, says(200, "{\"a\":" + value + "}"));
        assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
      }
    }

    @Test
    void a_duplicate_member_is_refused() {
      var twice = server.metadata().replaceFirst("\\{", "{\"issuer\":\"https://evil.example\",");
      server.attack(METADATA, says(200, twice));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "token_endpoint\":7",
          "token_endpoint\":{}",
          "token_endpoint\":[\"https://a.example\"]",
          "grant_types_supported\":\"device\"",
          "grant_types_supported\":[1]",
          "confirmation_supported\":\"true\"",
          "authorization_response_iss_parameter_supported\":1"
        })
    void metadata_of_wrong_types_is_refused(String member) {
      server.attack(
          METADATA, says(200, "{\"issuer\":\"" + server.issuer() + "\",\"" + member + "}"));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{}",
          "[]",
          "\"x\"",
          "",
          "<html>",
          "{\"access_token\":\"a\"}",
          "{\"token_type\":\"Bearer\"}",
          "{\"access_token\":7,\"token_type\":\"Bearer\"}",
          "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
          "{\"access_token\":\"a\\r\\nX: y\",\"token_type\":\"Bearer\"}",
          "{\"access_token\":\"\",\"token_type\":\"Bearer\"}",
          "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":\"1\"}",
          "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":[\"x\"]}",
          "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"a b\"}"
        })
    void invalid_tokens_are_refused(String body) {
      server.attack("/token", says(200, body));
      assertThatThrownBy(HostileServerTest.this::poll).isInstanceOf(BadServer.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1_000_000_000_000L, Long.MIN_VALUE, Long.MAX_VALUE})
    void a_senseless_lifetime_is_harmless(long seconds) throws Exception {
      server.attack("/token", says(200, tokens("\"expires_in\":" + seconds)));
      assertThat(poll().expiresAt().orElseThrow())
          .isBetween(time.instant(), time.instant().plus(Duration.ofDays(3650)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "\"600\"", "null", "1e3", "99999999999999999999"})
    void a_code_without_a_lifetime_is_refused(String seconds) {
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"W","verification_uri":"%s","expires_in":%s}\
              """
                  .formatted(server.issuer(), seconds)));
      assertThatThrownBy(HostileServerTest.this::start).isInstanceOf(BadServer.class);
    }

    @Test
    void a_code_with_a_lifetime_of_years_is_polled_for_an_hour() throws Exception {
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"W","verification_uri":"%s","expires_in":1000000000,
               "interval":1000000000}\
              """
                  .formatted(server.issuer())));
      server.attack("/token", says(400, "{\"error\":\"authorization_pending\"}"));
      assertThatThrownBy(HostileServerTest.this::poll).isInstanceOf(Expired.class);
      assertThat(time.pauses.stream().mapToLong(Duration::toSeconds).sum()).isEqualTo(3600);
    }
  }

  @Nested
  class Texts {
    private static final String EVIL =
        "\\u001b]0;owned\\u0007\\u001b[2J\\u001b[31mred\\u009b1m\\u202egnp.exe\\u2066\\r\\nnext\\u0000";

    @Test
    void text_from_a_server_reaches_a_terminal_as_one_plain_line() {
      server.attack(
          "/device",
          says(400, "{\"error\":\"no" + EVIL + "\",\"error_description\":\"" + EVIL + "\"}"));
      assertThatThrownBy(HostileServerTest.this::start)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.error()).isEqualTo("noredgnp.exe next");
                assertThat(refused.description()).isEqualTo("redgnp.exe next");
              });
    }

    @Test
    void a_long_text_is_cut() {
      server.attack(
          "/device",
          says(400, "{\"error\":\"e\",\"error_description\":\"" + "x".repeat(60_000) + "\"}"));
      assertThatThrownBy(HostileServerTest.this::start).message().hasSizeLessThan(400);
    }

    @Test
    void a_user_code_is_cleaned() throws Exception {
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"\\u001b[31mWDJB\\n-MJHT","verification_uri":"%s",
               "expires_in":60}\
              """
                  .formatted(server.issuer())));
      assertThat(start().pending().userCode()).isEqualTo("WDJB -MJHT");
    }

    @Test
    void a_user_code_without_printable_characters_is_refused() {
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"\\u001b[31m","verification_uri":"%s","expires_in":60}\
              """
                  .formatted(server.issuer())));
      assertThatThrownBy(HostileServerTest.this::start).isInstanceOf(BadServer.class);
    }

    @Test
    void the_owner_of_the_tokens_is_cleaned() throws Exception {
      server.attack("/token", says(200, tokens("\"name\":\"" + EVIL + "\"")));
      assertThat(poll().owner().name()).contains("redgnp.exe next");
    }
  }

  @Nested
  class Addresses {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "http://evil.example/x",
          "file:///etc/passwd",
          "javascript:alert(1)",
          "ftp://a/b",
          "https://u:p@a.example/",
          "https:///x",
          "https://a b/",
          "-x",
          "/x",
          "",
          "data:text/html,x",
          "https://a.example/\\u202e",
          "http://127.0.0.1.evil.example/",
          "http://0.0.0.0/",
          "https://a.example:99999/",
          "ms-settings:x",
          "https://a.example/\\\"$(touch x)\\\""
        })
    void people_are_sent_only_to_https(String address) {
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"W","verification_uri":"%s","expires_in":60}\
              """
                  .formatted(address)));
      assertThatThrownBy(HostileServerTest.this::start).isInstanceOf(BadServer.class);
      server.attack(
          "/device",
          says(
              200,
              """
              {"device_code":"d","user_code":"W","verification_uri":"%s","expires_in":60,
               "verification_uri_complete":"%s"}\
              """
                  .formatted(server.issuer(), address.isEmpty() ? "x" : address)));
      assertThatThrownBy(HostileServerTest.this::start).isInstanceOf(BadServer.class);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "http://169.254.169.254/latest",
          "file:///dev/zero",
          "https://a@b.example/",
          "//a/b"
        })
    void unsafe_addresses_in_metadata_are_refused(String address) {
      server.attack(
          METADATA,
          says(
              200,
              """
              {"issuer":"%s","token_endpoint":"%s"}\
              """
                  .formatted(server.issuer(), address)));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
    }

    @Test
    void an_issuer_s_path_cannot_change_the_server() {
      var odd = URI.create(server.issuer() + "//evil.example");
      assertThatThrownBy(() -> Server.discover(http, odd)).isInstanceOf(BadServer.class);
      assertThat(server.asked).isEmpty();
    }

    @Test
    void a_remote_server_cannot_name_an_address_on_this_machine() {
      var elsewhere = URI.create("https://login.example");
      assertThat(WebAddress.named(elsewhere, "http://127.0.0.1:2375/x")).isEmpty();
      assertThat(WebAddress.named(elsewhere, "https://other.example/x")).isPresent();
      assertThat(WebAddress.named(server.issuer(), "http://127.0.0.1:2375/x")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void no_redirect_is_followed(int status) {
      var away = "Location: " + server.issuer() + "/elsewhere";
      server.attack(METADATA, says(status, "", away));
      server.attack("/.well-known/openid-configuration", says(status, "", away));
      assertThatThrownBy(HostileServerTest.this::discover).isInstanceOf(BadServer.class);
      server.attack(METADATA, says(200, server.metadata()));
      server.attack("/token", says(status, "", away));
      assertThatThrownBy(HostileServerTest.this::poll).isInstanceOf(BadServer.class);
      assertThat(server.asked).doesNotContain("/elsewhere");
    }

    @Test
    void metadata_of_another_issuer_is_refused() {
      server.attack(METADATA, says(200, "{\"issuer\":\"https://login.example\"}"));
      assertThatThrownBy(HostileServerTest.this::discover)
          .isInstanceOf(BadServer.class)
          .hasMessageContaining("https://login.example");
    }

    @Test
    void a_401_without_a_challenge_is_a_response() throws Exception {
      server.attack("/x", says(401, ""));
      assertThat(http.get(server.issuer().resolve("/x")).status()).isEqualTo(401);
      server.attack("/x", says(407, ""));
      assertThat(http.get(server.issuer().resolve("/x")).status()).isEqualTo(407);
    }
  }
}
