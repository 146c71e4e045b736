package dev.keyferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import dev.keyferry.client.LocalStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of a login with a browser: the command opens it, a person signs in and approves, and the
/// browser redirects to the command.
class BrowserOnThisMachineTest {
  private static final Path DEBIANS = Path.of("/usr/bin/chromium");

  @TempDir private Path home;

  /// Replaces the system's command that opens pages, and records the address.
  private Path opener() throws Exception {
    var script = home.resolve("open-page");
    Files.writeString(
        script,
        "#!/bin/sh\nprintf %s \"$1\" > "
            + opened()
            + ".new && mv "
            + opened()
            + ".new "
            + opened()
            + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private Path opened() {
    return home.resolve("opened");
  }

  @Test
  void opens_the_page_and_is_logged_in_after_the_person_approves() throws Exception {
    var environment = Map.of("BROWSER", opener().toString());
    try (var terminal = new Tmux(home, 80, 24, environment, "login", LocalStack.url().toString());
        var playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(
                        Map.of(
                            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                            Files.exists(DEBIANS) ? "1" : "")))) {
      var options = new LaunchOptions().setArgs(List.of("--no-sandbox", "--disable-gpu"));
      if (Files.exists(DEBIANS)) {
        options.setExecutablePath(DEBIANS);
      }
      terminal.shows("waiting for the browser");
      var page = playwright.chromium().launch(options).newContext().newPage();
      // All users of the machine can read a command's arguments.
      assertThat(Files.readString(opened())).matches("http://127\\.0\\.0\\.1:[0-9]+/[^?]{22}");
      page.navigate(Files.readString(opened()));
      page.locator("#username").fill("grace");
      button(page, "Sign in").click();
      button(page, "Approve").click();

      assertThat(terminal.shows(Tmux.ENDED + "0")).contains("Logged in as Grace");
    }
    var token = new Account(home).keyferry("token");
    assertThat(token.out()).startsWith("kf_");
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  @Test
  void over_ssh_in_ci_and_without_a_display_there_is_no_browser() {
    var laptop = Map.of("BROWSER", "firefox");

    assertThat(Browser.available(laptop)).isPresent();
    assertThat(Browser.available(Map.of())).isEmpty();
    for (var elsewhere : new String[] {"SSH_CONNECTION", "SSH_TTY", "CI"}) {
      assertThat(Browser.available(Map.of("BROWSER", "firefox", elsewhere, "yes"))).isEmpty();
    }
  }
}
