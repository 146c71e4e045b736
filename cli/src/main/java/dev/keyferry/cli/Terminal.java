package dev.keyferry.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The abilities of the terminal. Only a command that talks to a person asks for them, because the
/// probe starts a process.
///
/// @param screen standard error is a terminal
/// @param keyboard standard input is one
/// @param movesCursor the cursor can be sent back to the start of the line
/// @param colours how colours are asked for
/// @param unicode it can show more than ASCII
record Terminal(
    boolean screen,
    boolean keyboard,
    boolean movesCursor,
    Colours colours,
    boolean unicode,
    int columns,
    int rows) {
  private static final int USUAL_COLUMNS = 80;
  private static final int USUAL_ROWS = 24;

  /// The colours that a terminal supports.
  enum Colours {
    NONE,
    SIXTEEN,
    MANY
  }

  /// A file, a pipe, or a log.
  static final Terminal NONE =
      new Terminal(false, false, false, Colours.NONE, false, USUAL_COLUMNS, USUAL_ROWS);

  /// Asks `sh` about the streams of this process.
  private static final String QUESTIONS =
      "test -t 0 && echo 1 || echo 0; test -t 2 && echo 1 || echo 0; stty size <&2 2>&- || echo 0 0";

  static Terminal probe(Map<String, String> environment) {
    try {
      var answers =
          new ProcessBuilder("sh", "-c", QUESTIONS)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var lines = new String(answers.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      answers.waitFor(1, TimeUnit.SECONDS);
      return of(lines.split("\\s+"), environment);
    } catch (IOException e) {
      // No `sh`, as on Windows. The console is then both or neither.
      var both = Objects.requireNonNull(System.console()).isTerminal() ? "1" : "0";
      return of(new String[] {both, both, "0", "0"}, environment);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }

  /// @param answers standard input and standard error, then rows and columns
  static Terminal of(String[] answers, Map<String, String> environment) {
    if (answers.length < 4) {
      return NONE;
    }
    var screen = answers[1].equals("1");
    var type = environment.getOrDefault("TERM", "");
    var movesCursor = screen && !type.equals("dumb") && !(type.isEmpty() && !isWindows());
    return new Terminal(
        screen,
        answers[0].equals("1"),
        movesCursor,
        movesCursor ? colours(type, environment) : Colours.NONE,
        isUnicode(environment),
        number(environment.getOrDefault("COLUMNS", ""), number(answers[3], USUAL_COLUMNS)),
        number(environment.getOrDefault("LINES", ""), number(answers[2], USUAL_ROWS)));
  }

  /// https://no-color.org: any value but the empty one counts.
  private static Colours colours(String type, Map<String, String> environment) {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return Colours.NONE;
    }
    var many =
        type.contains("256")
            || type.contains("direct")
            || !environment.getOrDefault("COLORTERM", "").isEmpty()
            || isWindows();
    return many ? Colours.MANY : Colours.SIXTEEN;
  }

  static boolean isUnicode(Map<String, String> environment) {
    if (isWindows()) {
      return true;
    }
    for (var name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      var locale = environment.getOrDefault(name, "");
      if (!locale.isEmpty()) {
        var lower = locale.toLowerCase(Locale.ROOT);
        return lower.contains("utf-8") || lower.contains("utf8");
      }
    }
    // Some terminals on macOS set no locale, and all of them show UTF-8.
    return isMac();
  }

  static boolean isWindows() {
    return System.getProperty("os.name", "").startsWith("Windows");
  }

  static boolean isMac() {
    return System.getProperty("os.name", "").startsWith("Mac");
  }

  private static int number(String text, int otherwise) {
    return text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : otherwise;
  }
}
