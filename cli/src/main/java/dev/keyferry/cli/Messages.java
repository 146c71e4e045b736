package dev.keyferry.cli;

import dev.keyferry.cli.Terminal.Colours;
import java.io.PrintStream;
import java.util.List;

/// Messages for a person, on standard error. At most one line is live: it is overwritten until the
/// next message.
final class Messages {
  private static final String CLEAR_LINE = "\r\u001B[K";

  private final PrintStream err;
  private final Terminal terminal;
  private boolean live;

  Messages(PrintStream err, Terminal terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  synchronized void say(String line) {
    clear();
    err.println(line);
    err.flush();
  }

  void say(List<String> lines) {
    lines.forEach(this::say);
  }

  /// Asks a question. The person types the answer after it.
  synchronized void ask(String question) {
    clear();
    err.print(question);
    err.flush();
  }

  /// Does nothing where the cursor cannot move.
  synchronized void live(String line) {
    if (terminal.movesCursor()) {
      var most = Math.max(1, terminal.columns() - 1);
      err.print(CLEAR_LINE + (line.length() > most ? line.substring(0, most) : line));
      err.flush();
      live = true;
    }
  }

  synchronized void clear() {
    if (live) {
      err.print(CLEAR_LINE);
      err.flush();
      live = false;
    }
  }

  String strong(String text) {
    return styled("1", text);
  }

  String good(String text) {
    return styled("32", text);
  }

  String faint(String text) {
    return styled("2", text);
  }

  private String styled(String style, String text) {
    return terminal.colours() == Colours.NONE ? text : "\u001B[" + style + "m" + text + "\u001B[0m";
  }
}
