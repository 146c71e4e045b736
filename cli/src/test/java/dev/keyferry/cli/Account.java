package dev.keyferry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.client.LocalStack;
import dev.keyferry.client.Time;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A user account on a machine without a display. It runs the command in this process, without the
/// pauses between polls.
final class Account {
  private static final JsonMapper JSON = new JsonMapper();

  private static final Time HURRIED =
      new Time(Clock.systemUTC(), (_, wake) -> wake.await(20, TimeUnit.MILLISECONDS));

  private final Map<String, String> environment = new HashMap<>();

  /// The exit code and the output of a run.
  record Run(int exitCode, String out, String err) {
    JsonNode json() {
      try {
        if (out.lines().count() != 1) {
          throw new AssertionError("not one line: " + this);
        }
        return JSON.readTree(out);
      } catch (JsonProcessingException e) {
        throw new AssertionError(toString(), e);
      }
    }

    String text(String member) {
      return json().path(member).asText();
    }
  }

  Account(Path home) {
    environment.put("HOME", home.toString());
    environment.put("KEYFERRY_KEYCHAIN", "off");
  }

  Account with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Run keyferry(String... arguments) {
    return keyferryReading("", arguments);
  }

  Run keyferryReading(String input, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var in = new ByteArrayInputStream(input.getBytes(UTF_8));
    int exitCode;
    try (var context =
        new CommandContext(
            environment,
            in,
            new PrintStream(out, false, UTF_8),
            new PrintStream(err, true, UTF_8),
            () -> Terminal.NONE,
            HURRIED)) {
      exitCode = Main.run(context, arguments);
    }
    return new Run(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  /// Starts a login with `--no-wait`.
  Run begin(String... more) {
    var arguments = new String[more.length + 4];
    arguments[0] = "login";
    arguments[1] = LocalStack.url().toString();
    arguments[2] = "--no-wait";
    arguments[3] = "--json";
    System.arraycopy(more, 0, arguments, 4, more.length);
    return keyferry(arguments);
  }

  Run resume(Run begun, String... more) {
    var arguments = new String[more.length + 4];
    arguments[0] = "login";
    arguments[1] = "--resume";
    arguments[2] = begun.text("handle");
    arguments[3] = "--json";
    System.arraycopy(more, 0, arguments, 4, more.length);
    return keyferry(arguments);
  }

  /// A whole login, approved by a script.
  Run login(String user, String... more) throws Exception {
    var begun = begin(more);
    LocalStack.approve(user, begun.text("user_code"));
    return resume(begun);
  }
}
