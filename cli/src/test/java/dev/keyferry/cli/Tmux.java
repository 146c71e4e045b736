package dev.keyferry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A terminal that runs the command: a separate tmux server, whose screen tests read and type into.
final class Tmux implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  /// The text before the command's exit code.
  static final String ENDED = "ended with ";

  private final String socket;

  /// @param environment in addition to the terminal's own
  Tmux(Path home, int columns, int rows, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    socket = home.resolve("tmux").toString();
    var configuration = home.resolve("tmux.conf");
    Files.writeString(configuration, "set -g default-terminal tmux-256color\nset -g status off\n");
    var command =
        new ArrayList<>(List.of("-f", configuration.toString(), "-u", "new-session", "-d"));
    command.addAll(List.of("-x", Integer.toString(columns), "-y", Integer.toString(rows)));
    var script = home.resolve("run");
    Files.writeString(script, script(home, environment, arguments));
    command.addAll(List.of("sh", script.toString()));
    tmux(command);
  }

  private static String script(Path home, Map<String, String> environment, String... arguments) {
    // Ctrl-C must end the command and not this shell.
    var script = new StringBuilder("trap : INT\ncd ").append(quoted(home.toString())).append("\n");
    script.append("unset CI DISPLAY WAYLAND_DISPLAY SSH_CONNECTION SSH_TTY SSH_CLIENT NO_COLOR\n");
    script.append("unset COLUMNS LINES BROWSER COLORTERM\n");
    script.append("export LC_ALL=C.UTF-8 KEYFERRY_KEYCHAIN=off HOME=");
    script.append(quoted(home.toString())).append("\n");
    environment.forEach((name, value) ->
        script.append("export ").append(name).append('=').append(quoted(value)).append("\n"));
    script.append(quoted(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    script.append(" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED");
    script.append(" -cp ").append(quoted(System.getProperty("java.class.path")));
    script.append(" dev.keyferry.cli.Main");
    for (var argument : arguments) {
      script.append(' ').append(quoted(argument));
    }
    return script
        .append("; code=$?; echo; echo '")
        .append(ENDED)
        .append("'$code; read -r _\n")
        .toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private String tmux(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("tmux", "-S", socket));
    command.addAll(arguments);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
    return said;
  }

  /// The lines, without colours.
  List<String> screen() throws IOException, InterruptedException {
    return tmux(List.of("capture-pane", "-p")).lines().toList();
  }

  /// The lines with their escape sequences and trailing blanks.
  List<String> painted() throws IOException, InterruptedException {
    return tmux(List.of("capture-pane", "-p", "-e", "-N")).lines().toList();
  }

  String text() throws IOException, InterruptedException {
    return String.join("\n", screen());
  }

  /// Waits until the screen shows this text.
  String shows(String text) throws IOException, InterruptedException {
    return shows(text, screen -> screen.contains(text));
  }

  String shows(String what, Predicate<String> expected) throws IOException, InterruptedException {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    var seen = text();
    while (!expected.test(seen)) {
      if (System.nanoTime() > until) {
        throw new AssertionError("never shown: " + what + "\n" + seen);
      }
      new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
      seen = text();
    }
    return seen;
  }

  void type(String text) throws IOException, InterruptedException {
    tmux(List.of("send-keys", text, "Enter"));
  }

  void press(String key) throws IOException, InterruptedException {
    tmux(List.of("send-keys", key));
  }

  @Override
  public void close() throws IOException {
    try {
      tmux(List.of("kill-server"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
