package dev.keyferry.cli;

import dev.keyferry.client.WebAddress;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A browser on the machine that the person sits at.
final class Browser {
  /// A command that fails does so at once. A browser may run for hours.
  private static final int PATIENCE_SECONDS = 2;

  private final List<String> command;

  private Browser(List<String> command) {
    this.command = command;
  }

  /// Empty over SSH, in CI, without a display, or without a command that opens pages. `BROWSER`
  /// names such a command, as it does for other programs.
  static Optional<Browser> available(Map<String, String> environment) {
    var elsewhere =
        Stream.of("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CI")
            .anyMatch(name -> isSet(environment, name));
    return elsewhere ? Optional.empty() : opener(environment);
  }

  /// The command that opens pages on this machine, if there is one.
  static Optional<Browser> opener(Map<String, String> environment) {
    if (isSet(environment, "BROWSER")) {
      var named = environment.getOrDefault("BROWSER", "").strip().split("\\s+");
      return Optional.of(new Browser(Arrays.asList(named)));
    }
    if (Terminal.isMac()) {
      return Optional.of(new Browser(List.of("open")));
    }
    if (Terminal.isWindows()) {
      return Optional.of(new Browser(List.of("rundll32", "url.dll,FileProtocolHandler")));
    }
    var display = isSet(environment, "DISPLAY") || isSet(environment, "WAYLAND_DISPLAY");
    return display && isOnPath("xdg-open", environment)
        ? Optional.of(new Browser(List.of("xdg-open")))
        : Optional.empty();
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    var value = environment.getOrDefault(name, "");
    return !value.isBlank() && !(name.equals("CI") && value.equals("false"));
  }

  private static boolean isOnPath(String program, Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /// Opens a page, as an argument and never through a shell.
  ///
  /// @return whether it seems to have worked
  boolean open(URI page) throws InterruptedException {
    if (!WebAddress.isSafe(page)) {
      return false;
    }
    var arguments = new ArrayList<>(command);
    arguments.add(page.toString());
    try {
      var builder =
          new ProcessBuilder(arguments)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      // The browser and the programs that it starts may run for days.
      builder.environment().keySet().removeIf(name -> name.startsWith("KEYFERRY_"));
      var process = builder.start();
      process.getOutputStream().close();
      return !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
