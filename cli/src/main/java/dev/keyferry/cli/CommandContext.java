package dev.keyferry.cli;

import dev.keyferry.client.Directories;
import dev.keyferry.client.Http;
import dev.keyferry.client.Json;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Profiles;
import dev.keyferry.client.Session;
import dev.keyferry.client.Time;
import dev.keyferry.client.TokenStore;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The objects that the commands share. Each one is created on first use, so that a command pays
/// only for those that it uses.
final class CommandContext implements AutoCloseable {
  private final Map<String, String> environment;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Supplier<Terminal> terminal;
  private final Time time;
  private final Directories directories;
  private @Nullable Http http;
  private @Nullable TokenStore store;
  private @Nullable Messages messages;
  private @Nullable Keyboard keyboard;

  CommandContext(
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      PrintStream err,
      Supplier<Terminal> terminal,
      Time time) {
    this.environment = environment;
    this.in = in;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.time = time;
    directories =
        Directories.of(
            environment,
            Path.of(environment.getOrDefault("HOME", System.getProperty("user.home"))));
  }

  Map<String, String> environment() {
    return environment;
  }

  /// Empty if the variable is not set or blank.
  Optional<String> environment(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  InputStream in() {
    return in;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  Directories directories() {
    return directories;
  }

  Profiles profiles() {
    return new Profiles(directories);
  }

  Time time() {
    return time;
  }

  synchronized Http http() {
    var made = http == null ? Http.create() : http;
    http = made;
    return made;
  }

  synchronized TokenStore store() {
    var made = store == null ? TokenStore.best(directories, environment) : store;
    store = made;
    return made;
  }

  synchronized Messages messages() {
    var made = messages == null ? new Messages(err, terminal.get()) : messages;
    messages = made;
    return made;
  }

  synchronized Keyboard keyboard() {
    var made = keyboard == null ? new Keyboard(in) : keyboard;
    keyboard = made;
    return made;
  }

  Session session(Profile profile) {
    return Session.of(http(), profile, store(), directories, time());
  }

  /// The requested profile's session. Without a request, `KEYFERRY_TOKEN` comes before the default
  /// profile.
  ///
  /// @throws Failure if there is none
  Session session(Optional<String> profile) throws LoginException {
    var ofEnvironment =
        profile.isEmpty() ? Session.ofEnvironment(http(), environment) : Optional.<Session>empty();
    return ofEnvironment.isPresent() ? ofEnvironment.get() : session(profile(profile));
  }

  /// @throws Failure if there is none
  Profile profile(Optional<String> asked) throws LoginException {
    var name = profiles().nameOf(asked, environment);
    return profiles()
        .find(name)
        .orElseThrow(() ->
            new Failure(
                ExitCode.LOGGED_OUT,
                asked.isPresent()
                    ? "There is no profile '%s'. Run 'keyferry login https://... --profile %s'."
                        .formatted(name, name)
                    : "Not logged in. Run 'keyferry login https://...'."));
  }

  /// Prints a command's result to standard output: a JSON object, or lines for people.
  void result(boolean json, Map<String, ?> object, List<String> lines) {
    if (json) {
      out.println(Json.write(object));
    } else {
      lines.forEach(out::println);
    }
    out.flush();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (http != null) {
        http.close();
      }
    }
    out.flush();
    err.flush();
  }
}
