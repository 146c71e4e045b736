package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.Denied;
import dev.keyferry.client.LoginException.LoggedOut;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the library with another vendor's server, node-oidc-provider: `mvn -Ppeers -pl cli -am
/// verify`, which needs node, npm, and the network.
@Tag("peers")
@Timeout(60)
class PeersTest {
  private static final String SCOPE = "openid offline_access";
  private static final Path PEERS = Path.of("target/peers");
  private static final Time HASTY =
      new Time(
          InstantSource.system(),
          (pause, wake) -> Time.Sleeper.SYSTEM.sleep(pause.dividedBy(10), wake));

  private static Process process;
  private static URI issuer;

  @TempDir Path home;

  @BeforeAll
  static void start() throws IOException {
    Files.copy(
        Path.of("src/test/peers/server.mjs"),
        PEERS.resolve("server.mjs"),
        StandardCopyOption.REPLACE_EXISTING);
    process =
        new ProcessBuilder("node", PEERS.resolve("server.mjs").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    var line = output.readLine();
    while (!line.startsWith("ready ")) {
      line = output.readLine();
    }
    issuer = URI.create(line.substring("ready ".length()));
  }

  @AfterAll
  static void stop() {
    process.destroyForcibly();
  }

  /// A person at a browser who signs in and then consents to everything or denies.
  private static final class Person {
    private static final Pattern FORM =
        Pattern.compile("<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("<input[^>]*>");
    private static final Pattern NAME = Pattern.compile(" name=\"([^\"]*)\"");
    private static final Pattern VALUE = Pattern.compile(" value=\"([^\"]*)\"");

    private final HttpClient browser =
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(Redirect.ALWAYS)
            .build();

    String agree(URI uri) throws IOException, InterruptedException {
      var page = open(HttpRequest.newBuilder(uri).build());
      for (int pages = 0; pages < 10; pages++) {
        var form = FORM.matcher(page.body());
        if (!form.find()) {
          return page.body();
        }
        page = submit(page.uri().resolve(form.group(1)), inputs(form.group(2)));
      }
      throw new AssertionError("forms without end: " + page.body());
    }

    String decline(URI uri) throws IOException, InterruptedException {
      var page = open(HttpRequest.newBuilder(uri).build());
      var form = FORM.matcher(page.body());
      assertThat(form.find()).isTrue();
      var inputs = inputs(form.group(2));
      inputs.put("abort", "yes");
      return submit(page.uri().resolve(form.group(1)), inputs).body();
    }

    private static Map<String, String> inputs(String form) {
      var inputs = new LinkedHashMap<String, String>();
      INPUT
          .matcher(form)
          .results()
          .forEach(input -> {
            var name = NAME.matcher(input.group());
            var value = VALUE.matcher(input.group());
            if (name.find()) {
              inputs.put(name.group(1), value.find() ? value.group(1) : "alice");
            }
          });
      return inputs;
    }

    private HttpResponse<String> submit(URI uri, Map<String, String> inputs)
        throws IOException, InterruptedException {
      return open(
          HttpRequest.newBuilder(uri)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(Http.form(inputs)))
              .build());
    }

    private HttpResponse<String> open(HttpRequest request)
        throws IOException, InterruptedException {
      return browser.send(request, BodyHandlers.ofString());
    }
  }

  private static Server server() throws LoginException, InterruptedException {
    return Server.discover(Http.create(), issuer);
  }

  private Session session() {
    var directories = Directories.of(Map.of(), home);
    return Session.of(
        Http.create(),
        Profile.login("peer", issuer, "cli", SCOPE),
        new EncryptedFileStore(directories.data()),
        directories,
        Time.SYSTEM);
  }

  private static DeviceLogin device() throws LoginException, InterruptedException {
    return DeviceLogin.start(server(), LoginRequest.of("cli", SCOPE), HASTY);
  }

  private static URI complete(DeviceLogin login) {
    return login.pending().verificationUriComplete().orElseThrow();
  }

  @Test
  void is_discovered_by_openid_connect_discovery() throws Exception {
    var metadata = server().metadata();
    assertThat(metadata.issuer()).isEqualTo(issuer);
    assertThat(metadata.offersDevice()).isTrue();
    assertThat(metadata.offersBrowser()).isTrue();
    assertThat(metadata.issAnnounced()).isTrue();
    assertThat(metadata.confirmationSupported()).isFalse();
    assertThat(metadata.userinfoEndpoint()).isPresent();
  }

  @Test
  void logs_in_with_a_code_refreshes_and_logs_out() throws Exception {
    var login = device();
    new Person().agree(complete(login));
    use(login.await(_ -> "47"));
  }

  @Test
  void logs_in_by_browser_refreshes_and_logs_out() throws Exception {
    try (var login = BrowserLogin.start(server(), LoginRequest.of("cli", SCOPE))) {
      assertThat(new Person().agree(login.authorizationUri())).contains("close this window");
      use(login.await(Duration.ofSeconds(10)));
    }
  }

  private void use(Tokens tokens) throws Exception {
    assertThat(tokens.refreshToken()).isPresent();
    assertThat(tokens.owner().subject()).contains("alice");
    var session = session();
    session.keep(tokens);
    var userinfo = server().metadata().userinfoEndpoint().orElseThrow();
    assertThat(session.send(HttpRequest.newBuilder(userinfo)).json().string("sub"))
        .isEqualTo("alice");
    var refreshed = session.storedTokens().orElseThrow();
    assertThat(refreshed.accessToken()).isNotEqualTo(tokens.accessToken());
    assertThat(refreshed.owner().subject()).contains("alice");
    assertThat(session.logout()).isTrue();
    session.keep(refreshed);
    assertThatThrownBy(session::accessToken).isInstanceOf(LoggedOut.class);
  }

  @Test
  void learns_of_a_denial_with_a_code() throws Exception {
    var login = device();
    new Person().decline(complete(login));
    assertThatThrownBy(() -> login.await(_ -> "47")).isInstanceOf(Denied.class);
  }

  @Test
  void waits_until_there_is_a_decision() throws Exception {
    var login = device();
    var polls = new AtomicInteger();
    Thread.ofVirtual()
        .start(() -> {
          try {
            new Person().agree(complete(login));
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    login.await(
        new DeviceLogin.Person() {
          @Override
          public void waiting(Duration pause, Instant expiresAt) {
            assertThat(pause).isEqualTo(Duration.ofSeconds(6));
            polls.incrementAndGet();
          }

          @Override
          public String number(boolean again) {
            throw new AssertionError("no number matching here");
          }
        });
    assertThat(polls).hasPositiveValue();
  }
}
