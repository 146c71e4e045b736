package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the system's keychain: a real gnome-keyring over a D-Bus of its own. It needs the
/// Debian packages gnome-keyring and dbus.
@Timeout(60)
class KeychainTest {
  @TempDir Path home;

  private static ProcessBuilder store(Path home, String... words) {
    var arguments = new ArrayList<String>();
    arguments.add(home.toString());
    arguments.addAll(Arrays.asList(words));
    return Children.java(StoreProcess.class, arguments.toArray(String[]::new));
  }

  /// Runs the commands in order in one session with an unlocked keyring, and returns their output.
  private List<List<String>> inSession(ProcessBuilder... processes) throws Exception {
    var script =
        Arrays.stream(processes)
            .map(process -> process.command().stream().map(KeychainTest::quoted))
            .map(words -> words.collect(Collectors.joining(" ")))
            .collect(Collectors.joining(" && echo -- && "));
    var session =
        new ProcessBuilder(
            "dbus-run-session",
            "--",
            "sh",
            "-c",
            "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "
                + script);
    session.redirectError(ProcessBuilder.Redirect.INHERIT);
    session.environment().put("HOME", home.toString());
    session.environment().put("XDG_RUNTIME_DIR", home.toString());
    session.environment().remove("XDG_DATA_HOME");
    session.environment().remove("DISPLAY");
    var ended = Children.run(session);
    assertThat(ended.status()).isZero();
    return Arrays.stream(ended.output().split("--\n", -1))
        .map(part -> part.lines().toList())
        .toList();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /// Without a session, as over SSH.
  private List<String> alone(String... words) throws Exception {
    var process = store(home, words);
    process.environment().put("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home.resolve("no-bus"));
    var ended = Children.run(process);
    assertThat(ended.status()).isZero();
    return ended.output().lines().toList();
  }

  private List<String> secretFiles() throws IOException {
    try (var all = Files.walk(home.resolve(".local/share/keyferry"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".secret") || name.equals("key"))
          .toList();
    }
  }

  @Test
  void keeps_secrets_between_processes_and_nothing_in_files() throws Exception {
    var secret = "{\"refresh_token\":\"kfr_ü " + "x".repeat(4000) + "\"}";
    var printed =
        inSession(
            store(home, "place", "get:a", "delete:a", "put:a:" + secret, "put:b:other"),
            store(home, "get:a", "put:a:newer"),
            store(home, "get:a", "get:b", "delete:a", "delete:a", "get:a", "get:b"));
    assertThat(printed)
        .containsExactly(
            List.of("the system's keychain", "none", "deleted", "put", "put"),
            List.of(secret, "put"),
            List.of("newer", "other", "deleted", "deleted", "none", "other"));
    assertThat(secretFiles()).isEmpty();
  }

  @Test
  void without_a_keychain_files_are_used_and_stay_in_use() throws Exception {
    assertThat(alone("place", "get:a", "put:a:secret", "get:a"))
        .containsExactly(
            home.resolve(".local/share/keyferry/secrets").toString(), "none", "put", "secret");
    assertThat(secretFiles()).hasSize(2);
    // After a refresh with a keychain, the secret is not in both places.
    assertThat(inSession(store(home, "get:a", "put:a:fresh", "get:a")))
        .containsExactly(List.of("secret", "put", "fresh"));
    assertThat(alone("get:a", "delete:a", "get:a")).containsExactly("fresh", "deleted", "none");
  }

  @Test
  void an_unreachable_keychain_is_different_from_no_login() throws Exception {
    inSession(store(home, "put:a:secret"));
    var printed = alone("get:a", "get:b", "delete:a", "put:a:later", "get:a");
    assertThat(printed.get(0)).startsWith("Storage: ").contains("keychain");
    assertThat(printed.get(1)).isEqualTo("none");
    assertThat(printed.get(2)).startsWith("Storage: ");
    assertThat(printed.subList(3, 5)).containsExactly("put", "later");
    // The newer login counts even after the keychain is reachable again, and one deletion ends
    // both.
    assertThat(inSession(store(home, "get:a", "delete:a", "get:a", "put:a:new", "get:a")))
        .containsExactly(List.of("later", "deleted", "none", "put", "new"));
  }

  @Test
  void can_be_turned_off() throws Exception {
    var off = store(home, "place", "put:a:secret", "get:a");
    off.command().add(0, "env");
    off.command().add(1, "KEYFERRY_KEYCHAIN=off");
    assertThat(inSession(off).getFirst().get(2)).isEqualTo("secret");
    assertThat(secretFiles()).hasSize(2);
  }
}
