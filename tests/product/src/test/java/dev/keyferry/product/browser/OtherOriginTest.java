package dev.keyferry.product.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.Loopback;
import dev.keyferry.local.OverHttp;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests that a page of another origin in the same browser cannot do anything to Keyferry.
class OtherOriginTest extends BrowserFixture {
  private static final String KEYFERRY = Shared.stack().url().toString();

  private static final String SUBMIT =
      "action => { document.forms[0].action = action; document.forms[0].submit(); }";

  private HttpServer server;
  private BrowserContext context;
  private Page page;
  private String html = "";

  /// The page is not a [Person], because a [Person] reports the browser's refusals as faults.
  @BeforeEach
  void lure() throws IOException {
    server = HttpServer.create(Loopback.port(0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("content-type", "text/html");
            var body = html.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    context = browser.newContext();
    context.onRequest(Person::rememberSecrets);
    page = context.newPage();
  }

  @AfterEach
  void close() {
    context.close();
    server.stop(0);
  }

  private void open(String content) {
    html = "<!doctype html><title>Evil</title>" + content;
    page.navigate("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  @Test
  void a_frame_cannot_show_the_page() {
    var linked = KEYFERRY + "/device/linked";
    open("<iframe src=%s/device></iframe><iframe src=%s></iframe>".formatted(KEYFERRY, linked));

    assertThat(page.frames()).hasSize(3);
    for (var frame : page.frames().subList(1, 3)) {
      assertThat(frame.url()).startsWith("chrome-error:");
      assertThat(frame.locator("#enter, #sign-in, #language").count()).isZero();
    }
  }

  @Test
  void a_page_that_opens_the_page_gets_no_reference_to_its_window() {
    open("<button onclick=\"opened = window.open('%s/device')\">Open</button>".formatted(KEYFERRY));

    var opened = page.waitForPopup(() -> page.locator("button").click());
    opened.locator("#enter").waitFor();

    assertThat(page.evaluate("opened.closed")).isEqualTo(true);
    assertThat(opened.evaluate("opener")).isNull();
  }

  @Test
  void a_form_posted_from_another_origin_decides_nothing() {
    var codes = api.codes();
    var nonce = api.claim("tina", codes.userCode()).text("approval_nonce");
    open(
        """
        <form method=post enctype=text/plain>
          <input name='{"user_code":"%s","approval_nonce":"%s","x":"' value='"}'>
        </form>
        """
            .formatted(codes.userCode(), nonce));

    for (var path : List.of("/oauth/device/claim", "/oauth/device/approve", "/oauth/device/deny")) {
      var answer =
          page.waitForResponse(KEYFERRY + path, () -> page.evaluate(SUBMIT, KEYFERRY + path));
      assertThat(answer.status()).as(path).isEqualTo(401);
      page.waitForURL(KEYFERRY + path);
      page.goBack();
    }
    assertThat(poll(codes.deviceCode())).isEqualTo("400 authorization_pending");
  }

  @Test
  void a_fetch_from_another_origin_decides_and_reads_nothing_even_with_a_stolen_token() {
    var codes = api.codes();
    var nonce = api.claim("uta", codes.userCode()).text("approval_nonce");
    var token = new OverHttp(Shared.stack()).tokenOf("uta");
    open("");

    var body = Map.of("user_code", codes.userCode(), "approval_nonce", nonce);
    for (var headers :
        List.of(
            Map.of("content-type", "text/plain"),
            Map.of("content-type", "application/json"),
            Map.of("content-type", "application/json", "authorization", "Bearer " + token))) {
      for (var path : List.of("/oauth/device/approve", "/oauth/device/deny")) {
        assertThat(fetch(page, "POST", path, headers, Map.of("body", body)))
            .as("%s with %s", path, headers.keySet())
            .isEqualTo("TypeError");
      }
    }
    var authorization = Map.of("authorization", "Bearer " + token);
    assertThat(fetch(page, "GET", "/keys", authorization, Map.of())).isEqualTo("TypeError");
    assertThat(fetch(page, "DELETE", "/keys", authorization, Map.of())).isEqualTo("TypeError");
    page.navigate(KEYFERRY + "/device");
    assertThat(fetch(page, "GET", "/keys", authorization, Map.of())).isEqualTo(200);
    assertThat(poll(codes.deviceCode())).isEqualTo("400 authorization_pending");
  }

  private static Object fetch(
      Page from, String method, String path, Map<String, String> headers, Map<String, ?> content) {
    return from.evaluate(
        """
        ([url, method, headers, { body }]) =>
          fetch(url, { method, credentials: 'include', headers, body: body && JSON.stringify(body) })
            .then(answer => answer.status, failure => failure.name)\
        """,
        List.of(KEYFERRY + path, method, headers, content));
  }
}
