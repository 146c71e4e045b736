package dev.keyferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.client.LocalStack;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Tests of logins at a terminal, as a person sees them. Each waits for its first poll, so they run
/// in parallel.
@Execution(ExecutionMode.CONCURRENT)
class TerminalTest {
  private static final Pattern CODE = Pattern.compile("Code: ([A-Z0-9]{4}-[A-Z0-9]{4})");
  private static final Pattern LEFT = Pattern.compile("([0-9]+:[0-9]{2}) left, waiting");
  private static final String ESCAPE = "\u001B";

  @TempDir private Path home;

  private static String found(Pattern pattern, String screen) {
    var matcher = pattern.matcher(screen);
    assertThat(matcher.find()).as(screen).isTrue();
    return matcher.group(1);
  }

  private Tmux login(int columns, int rows, Map<String, String> environment, String... more)
      throws Exception {
    var arguments = new String[more.length + 2];
    arguments[0] = "login";
    arguments[1] = LocalStack.url().toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return new Tmux(home, columns, rows, environment, arguments);
  }

  private static String link(String code) {
    return LocalStack.url() + "/device?user_code=" + code;
  }

  @Test
  void shows_the_code_a_link_a_scannable_qr_code_and_the_time_left_until_approval()
      throws Exception {
    try (var terminal = login(80, 40, Map.of())) {
      var first = terminal.shows(" left, waiting");
      var code = found(CODE, first);
      var left = found(LEFT, first);

      assertThat(first).contains("Link: " + link(code));
      var painted = terminal.painted();
      assertThat(Pixels.read(painted, true)).hasValue(link(code));
      assertThat(Pixels.read(painted, false)).hasValue(link(code));
      // The large letters: three lines of blocks outside the QR code.
      assertThat(
              BigText.of(code, new Terminal(true, true, true, Terminal.Colours.MANY, true, 80, 40)))
          .hasValueSatisfying(lines -> assertThat(terminalLines(first)).containsAll(lines));
      terminal.shows("a later time", screen -> !screen.contains(left) && screen.contains(" left,"));

      LocalStack.approve("alice", code);

      var last = terminal.shows(Tmux.ENDED + "0");
      assertThat(last)
          .contains("Logged in as Alice <alice@example.com>, example at " + LocalStack.url())
          .doesNotContain(" left,");
    }
  }

  private static java.util.List<String> terminalLines(String screen) {
    return screen.lines().map(String::stripTrailing).toList();
  }

  @Test
  void in_40_columns_everything_is_readable_and_a_qr_code_that_does_not_fit_is_left_out()
      throws Exception {
    // The link of the local stack makes a code of 33 modules, and margins.
    try (var terminal = login(36, 20, Map.of())) {
      var screen = terminal.shows(" left, waiting");
      var code = found(CODE, screen);

      assertThat(screen).doesNotContain("█", "▀", "▄");
      assertThat(screen.replace("\n", "")).contains("Link: " + link(code));
      LocalStack.deny("alice", code);
      assertThat(terminal.shows(Tmux.ENDED + "4").replace("\n", "")).contains("keyferry: ");
    }
  }

  @Test
  void in_40_columns_a_qr_code_that_fits_scans() throws Exception {
    try (var terminal = login(40, 40, Map.of("NO_COLOR", "1"))) {
      var code = found(CODE, terminal.shows(" left, waiting"));
      var painted = terminal.painted();

      assertThat(String.join("", painted)).doesNotContain(ESCAPE + "[3", ESCAPE + "[4");
      assertThat(Pixels.read(painted, true)).hasValue(link(code));
      assertThat(Pixels.readNegative(painted, false)).hasValue(link(code));
      terminal.press("C-c");
      terminal.shows(Tmux.ENDED + "130");
    }
  }

  @Test
  void on_a_dumb_terminal_lines_are_only_added() throws Exception {
    try (var terminal = login(80, 40, Map.of("TERM", "dumb"))) {
      var screen = terminal.shows(" left, waiting");
      var code = found(CODE, screen);
      LocalStack.approve("bob", code);

      var last = terminal.shows(Tmux.ENDED + "0");

      assertThat(last)
          .contains("Link: " + link(code), " left, waiting for approval", "Logged in as Bob ")
          .doesNotContain("█", "▀", "▄");
      assertThat(String.join("", terminal.painted())).doesNotContain(ESCAPE);
    }
  }

  @Test
  void asks_for_the_number_again_until_it_matches_the_page() throws Exception {
    try (var terminal = login(80, 40, Map.of(), "--client-id", LocalStack.CAREFUL)) {
      var code = found(CODE, terminal.shows(" left, waiting"));
      var number = LocalStack.approve("carol", code).string("confirmation");

      terminal.shows("Number:");
      terminal.type("4");
      terminal.shows("Enter two digits");
      terminal.type(number.equals("47") ? "48" : "47");
      terminal.shows("That is not the number on the page.");
      terminal.type(number);

      assertThat(terminal.shows(Tmux.ENDED + "0")).contains("Logged in as Carol ");
    }
  }

  @Test
  void learns_of_a_denial_while_it_asks_for_the_number() throws Exception {
    try (var terminal = login(80, 40, Map.of(), "--client-id", LocalStack.CAREFUL)) {
      var code = found(CODE, terminal.shows(" left, waiting"));
      var nonce = LocalStack.claim("dave", code);
      LocalStack.decide("dave", code, nonce, "approve");
      terminal.shows("Number:");

      LocalStack.decide("dave", code, nonce, "deny");

      terminal.shows(Tmux.ENDED + "4");
    }
  }
}
