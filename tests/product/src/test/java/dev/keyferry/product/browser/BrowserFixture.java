package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// The base class of tests of the page: a browser, a person who uses it, and a device that polls.
abstract class BrowserFixture {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Path DEBIANS = Path.of("/usr/bin/chromium");
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");

  private static Playwright playwright;
  static Browser browser;

  final Api api = new OverHttp(Shared.stack());
  Person person;

  @BeforeAll
  static void startBrowser() {
    var installed = Files.exists(DEBIANS);
    var options = new LaunchOptions().setArgs(ARGUMENTS);
    if (installed) {
      options.setExecutablePath(DEBIANS);
    }
    // Without an installed browser, Playwright downloads its own.
    var skipDownload = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", installed ? "1" : "");
    playwright = Playwright.create(new Playwright.CreateOptions().setEnv(skipDownload));
    browser = playwright.chromium().launch(options);
  }

  @AfterAll
  static void stopBrowser() {
    playwright.close();
  }

  @BeforeEach
  void createPerson() {
    person = new Person(browser);
  }

  @AfterEach
  void closePerson() {
    person.close();
  }

  /// Opens the link, signs in, and stops at the choice between approve and deny.
  void claim(String user, Reply asked) {
    person.open(asked.text("verification_uri_complete"));
    person.button("Continue").click();
    person.signIn(user);
    assertThat(person.button("Approve")).isEnabled();
  }

  /// The next poll of a device that keeps to its interval.
  String poll(String deviceCode) {
    Shared.CLOCK.advance(INTERVAL);
    return api.poll(deviceCode).verdict();
  }

  /// Another code of the right form.
  static String another(String userCode) {
    return (userCode.startsWith("A") ? "B" : "A") + userCode.substring(1);
  }
}
