package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.web.Form;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests of the login of a program that opens the browser and listens on a loopback port, RFC 8252.
class LoginInBrowserTest extends BrowserFixture {
  private static final String PAGE = Shared.stack().url() + "/oauth/authorize";

  private final BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
  private HttpServer program;

  @BeforeEach
  void listen() throws IOException {
    program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    program.createContext(
        "/callback",
        exchange -> {
          heard.add(exchange.getRequestURI().getRawQuery());
          var page = "<!doctype html><link rel=icon href=data:,><h1>Back at the program</h1>";
          exchange.getResponseHeaders().add("content-type", "text/html");
          exchange.sendResponseHeaders(200, page.length());
          exchange.getResponseBody().write(page.getBytes(UTF_8));
          exchange.close();
        });
    program.start();
  }

  @AfterEach
  void stopListening() {
    program.stop(0);
  }

  private String redirectUri() {
    return "http://127.0.0.1:" + program.getAddress().getPort() + "/callback";
  }

  private Map<String, String> parameters(Map<String, String> more) {
    var parameters = new HashMap<>(Api.browserLogin());
    parameters.put("redirect_uri", redirectUri());
    parameters.putAll(more);
    return parameters;
  }

  private void open(Map<String, String> more) {
    person.open(PAGE + "?" + Form.write(new LinkedHashMap<>(parameters(more))));
  }

  private void openAndSignIn(String user, Map<String, String> more) {
    open(more);
    person.signIn(user);
  }

  /// The response that the program receives when the browser returns to it.
  private Reply answer() throws InterruptedException {
    assertThat(person.heading("Back at the program")).isVisible();
    var address = redirectUri() + "?" + heard.poll(5, TimeUnit.SECONDS);
    assertThat(heard).as("further responses").isEmpty();
    var answer = new Reply(200, Map.of(), "{\"redirect_to\":\"" + address + "\"}");
    assertThat(answer.redirected("state")).isEqualTo(Api.browserLogin().get("state"));
    assertThat(answer.redirected("iss")).isEqualTo(Shared.stack().url().toString());
    return answer;
  }

  private Reply redeem(Reply answer) {
    return api.redeem(answer.redirected("code"), Map.of("redirect_uri", redirectUri()), Map.of());
  }

  @Test
  void a_person_sees_client_and_scopes_and_approves_and_the_program_gets_its_key()
      throws Exception {
    open(Map.of("scope", "read write", "device_name", "Ada's laptop", "expires_in", "5400"));
    assertThat(person.heading("Sign in")).isVisible();
    assertThat(person.page().url()).doesNotContain("callback").doesNotContain("laptop");
    person.signIn("alice");

    assertThat(person.heading("Allow Keyferry CLI to use your account?")).isVisible();
    assertThat(person.page().url()).isEqualTo(PAGE);
    assertThat(person.page().evaluate("localStorage.length")).isEqualTo(0);
    assertThat(person.page().evaluate("Object.keys(sessionStorage).join()"))
        .isEqualTo("keyferry:flow");
    assertThat(person.page().locator("dl > div:visible"))
        .containsText(
            new String[] {
              "Account alice",
              "Device Ada's laptop the device chose this name; it is not verified",
              "It can",
              "Access lasts 1 hour 30 minutes"
            });
    assertThat(person.page().locator("#scopes li"))
        .hasText(new String[] {"Read your data", "Change your data"});
    assertThat(person.page().locator("#network"))
        .hasText(
            "The program runs on this computer and opened this page. "
                + "Deny the request if you did not just start the program yourself, "
                + "or if someone asks you for the address of the next page.");
    assertThat(person.page().locator("#code")).isHidden();
    assertThat(person.button("I did not start this")).isVisible();
    assertThat(person.button("Approve")).isEnabled();
    person.page().getByLabel("Access lasts").selectOption("3600");
    person.page().getByLabel("Name this device").fill("Küche");
    person.button("Approve").click();

    var issued = redeem(answer());
    assertThat(issued.verdict()).isEqualTo("200");
    assertThat(issued.text("expires_in")).isEqualTo("3600");
    assertThat(api.whoami(issued.text("access_token")).text("email"))
        .isEqualTo("alice@example.com");
    assertThat(api.keys("alice").body()).contains("Küche");
    person.page().goBack();
    assertThat(person.page().content()).doesNotContain("Approve");
  }

  @Test
  void denying_also_returns_to_the_program_and_allows_a_report() throws Exception {
    for (var no : List.of("Deny", "I did not start this")) {
      openAndSignIn("bert", Map.of());
      assertThat(person.button(no)).isEnabled();
      person.button(no).click();

      var answer = answer();
      assertThat(answer.redirected("error")).isEqualTo("access_denied");
      assertThat(answer.parameter("code")).isEmpty();
    }
    assertThat(Secrets.LOG)
        .anyMatch(line -> line.contains("\"reported\"") && line.contains("\"bert\""));
  }

  @Test
  void switching_account_or_language_and_viewing_linked_devices_lose_nothing() throws Exception {
    openAndSignIn("carl", Map.of());
    person.button("Not you?").click();
    person.signIn("carla");
    assertThat(person.page().locator("#account")).hasText("carla@example.com");
    person.page().locator("#to-linked").click();
    assertThat(person.heading("Linked devices")).isVisible();
    person.page().goBack();
    person.speak("de");
    assertThat(person.button("Das habe ich nicht begonnen")).isVisible();
    assertThat(person.button("Erlauben")).isEnabled();
    person.button("Erlauben").click();

    var token = redeem(answer()).text("access_token");
    assertThat(api.whoami(token).text("sub")).isEqualTo("carla");
  }

  @Test
  void an_error_in_the_request_goes_to_the_program_without_a_screen() throws Exception {
    openAndSignIn("emil", Map.of("code_challenge_method", "plain"));
    assertThat(answer().redirected("error")).isEqualTo("invalid_request");

    person.open(
        PAGE
            + "?"
            + Form.write(new LinkedHashMap<>(parameters(Map.of())))
            + "&scope=write&scope=read");
    person.signIn("emil");
    assertThat(answer().redirected("error")).isEqualTo("invalid_request");
  }

  @Test
  void an_unknown_program_gets_no_response() {
    for (var wrong :
        List.of(
            Map.of("client_id", "nobody"),
            Map.of("redirect_uri", "http://localhost:1/callback"),
            Map.of("redirect_uri", redirectUri() + "@evil.example/"))) {
      openAndSignIn("fay", wrong);
      assertThat(person.alert())
          .hasText(
              "Keyferry does not recognize the program that opened this page, or the address that"
                  + " it gave for the answer. Nothing was changed. Close this page.");
      assertThat(person.button("Sign in")).isHidden();
      assertThat(person.refusals()).containsExactly("400 /oauth/authorize/claim");
    }
    assertThat(heard).isEmpty();

    person.open(PAGE);
    assertThat(person.alert())
        .hasText(
            "This page no longer knows which program opened it. "
                + "Nothing was changed. Start again in the program.");
    assertThat(person.button("Sign in")).isHidden();
  }

  @Test
  void an_expired_approval_screen_is_shown_again() throws Exception {
    openAndSignIn("hal", Map.of());
    assertThat(person.button("Approve")).isEnabled();
    Shared.CLOCK.advance(Duration.ofMinutes(10));
    person.button("Approve").click();

    assertThat(person.alert())
        .hasText(
            "This page was open for too long, or the request was already approved or denied. Read"
                + " the request again, then decide.");
    assertThat(person.refusals()).containsExactly("400 /oauth/authorize/approve");
    assertThat(person.button("Approve")).isEnabled();
    person.button("Approve").click();
    assertThat(redeem(answer()).verdict()).isEqualTo("200");
  }

  @Test
  void a_reload_and_a_lost_response_both_keep_the_login() throws Exception {
    openAndSignIn("jo", Map.of());
    assertThat(person.button("Approve")).isVisible();
    person.page().reload();
    person.signIn("joan");
    assertThat(person.page().locator("#account")).hasText("joan@example.com");
    assertThat(person.button("Approve")).isEnabled();
    person
        .page()
        .route(
            "**/oauth/authorize/approve",
            route -> {
              route.fetch();
              route.abort("internetdisconnected");
            });
    person.button("Approve").click();
    assertThat(person.alert())
        .hasText(
            "Keyferry did not reply. Your answer may not have arrived. "
                + "It is safe to try again.");
    person.page().unroute("**/oauth/authorize/approve");
    person.button("Approve").click();

    assertThat(redeem(answer()).verdict()).isEqualTo("200");
    assertThat(Tables.keyRowsOf("joan")).hasSize(1);
  }
}
