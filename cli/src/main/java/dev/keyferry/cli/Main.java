package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Time;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs the command. Every error ends in one line and an [ExitCode]. `KEYFERRY_DEBUG` adds the
/// stack trace.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var environment = System.getenv();
    var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, errors(environment));
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    int exitCode;
    try (var context =
        new CommandContext(
            environment, System.in, out, err, () -> Terminal.probe(environment), Time.SYSTEM)) {
      exitCode = run(context, arguments);
    }
    System.exit(exitCode);
  }

  /// Characters that the locale cannot show become `?`.
  private static Charset errors(Map<String, String> environment) {
    return Terminal.isUnicode(environment) ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
  }

  static int run(CommandContext context, String... arguments) {
    var root = new Keyferry(context);
    var shortcut = Shortcut.of(root, arguments);
    if (shortcut.isEmpty()) {
      return Commands.run(root, arguments);
    }
    try {
      return shortcut.get().call();
    } catch (Exception e) {
      return failed(root, e);
    }
  }

  static int failed(Keyferry root, Exception e) {
    if (root.context().environment("KEYFERRY_DEBUG").isPresent()) {
      e.printStackTrace(root.context().err());
    }
    var failure =
        switch (e) {
          case Failure ours -> ours;
          case LoginException expected -> Failure.of(expected);
          case InterruptedException _ -> new Failure(ExitCode.FAULT, "Interrupted.");
          default ->
              new Failure(
                  ExitCode.FAULT,
                  "Internal error (%s). Run it again with KEYFERRY_DEBUG=1, and report the output."
                      .formatted(e.getClass().getSimpleName()));
        };
    return report(root.context(), root.json(), failure.exitCode(), failure.text());
  }

  static int report(CommandContext context, boolean json, ExitCode exitCode, String message) {
    context.err().println("keyferry: " + message);
    if (json) {
      var error = new LinkedHashMap<String, Object>();
      error.put("ok", false);
      error.put("error", exitCode.word());
      error.put("message", message);
      error.put("exit_code", (long) exitCode.number());
      context.result(true, error, List.of());
    }
    return exitCode.number();
  }
}
