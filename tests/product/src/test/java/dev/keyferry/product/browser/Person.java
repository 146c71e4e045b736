package dev.keyferry.product.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A user with a browser context of their own, which reaches only this machine. [#close] fails if
/// anything went wrong behind the screen.
final class Person implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target/screens");

  private final List<String> faults = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private final BrowserContext context;
  private final Page page;

  Person(Browser browser) {
    this(browser, "en-GB");
  }

  Person(Browser browser, String locale) {
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setLocale(locale)
                .setTimezoneId("UTC")
                .setViewportSize(1280, 900));
    context.route("**", this::keepOnThisMachine);
    context.onRequest(Person::rememberSecrets);
    context.onResponse(this::noteRefusal);
    context.onConsoleMessage(this::noteConsole);
    context.onWebError(error -> faults.add("uncaught: " + error.error()));
    context.onDialog(dialog -> {
      faults.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    page = context.newPage();
  }

  Page page() {
    return page;
  }

  BrowserContext context() {
    return context;
  }

  void open(String url) {
    page.navigate(url);
  }

  Locator heading(String text) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator code() {
    return page.locator("#user-code");
  }

  Locator alert() {
    return page.getByRole(AriaRole.ALERT);
  }

  /// Signs in at the local identity provider, which accepts any name.
  void signIn(String name) {
    page.locator("#username").fill(name);
    button("Sign in").click();
  }

  /// Takes screenshots in light and dark mode, on the smallest phone, and from right to left.
  void screenshot(String name) {
    shoot(name);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    shoot(name + "-dark");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    var size = page.viewportSize();
    page.setViewportSize(320, 640);
    shoot(name + "-phone");
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(320);
    page.setViewportSize(size.width, size.height);
    if (page.locator("#language").count() > 0) {
      speak("ar");
      shoot(name + "-right-to-left");
      speak("en");
    }
  }

  /// Switches the language with the page's own control.
  void speak(String language) {
    page.locator("#language").selectOption(language);
    page.locator("html:lang(" + language + ")").waitFor();
  }

  void shoot(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
  }

  /// The responses of 400 and above since the last call, such as `404 /oauth/device/claim`.
  List<String> refusals() {
    var seen = List.copyOf(refusals);
    refusals.clear();
    return seen;
  }

  private void keepOnThisMachine(Route route) {
    var url = URI.create(route.request().url());
    if ("127.0.0.1".equals(url.getHost())) {
      route.resume();
    } else {
      faults.add("left this machine: " + url);
      route.abort();
    }
  }

  static void rememberSecrets(Request request) {
    Optional.ofNullable(request.headers().get("authorization"))
        .ifPresent(authorization ->
            Secrets.sent(new Api.Call("", "", "", Map.of("authorization", authorization), "")));
    // The redirect carries a program's code.
    Secrets.sent(new Api.Call("", "", "", Map.of(), request.url()));
    // The page received the nonce that it sends back.
    Optional.ofNullable(request.postData())
        .filter(_ -> request.url().contains("/oauth/"))
        .ifPresent(body -> Secrets.answered(new Reply(200, Map.of(), body)));
  }

  private void noteRefusal(Response response) {
    if (response.status() >= 400) {
      refusals.add(response.status() + " " + URI.create(response.url()).getPath());
    }
  }

  private void noteConsole(ConsoleMessage message) {
    // Chromium itself reports every response of 400 and above. These are in the refusals.
    var isRefusal = message.text().startsWith("Failed to load resource: the server responded");
    // Chromium also reports that a test has cut the connection.
    var isCut = message.text().matches(".*net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET)");
    if (message.type().equals("error") && !isRefusal && !isCut) {
      faults.add("console: " + message.text());
    }
  }

  @Override
  public void close() {
    context.close();
    assertThat(faults).as("page errors").isEmpty();
    assertThat(refusals).as("refusals that no test expected").isEmpty();
  }
}
