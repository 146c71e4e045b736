package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of profiles and of the folders for files.
class ProfilesTest {
  private static final URI ISSUER = URI.create("https://login.example");

  @TempDir Path home;
  private Profiles profiles;
  private Path file;

  @BeforeEach
  void open() {
    var directories = Directories.of(Map.of(), home);
    profiles = new Profiles(directories);
    file = directories.config().resolve("profiles.json");
  }

  @Test
  void are_found_unchanged_and_listed_by_name() throws Exception {
    var owner =
        new Owner(Optional.of("1"), Optional.of("Zoë"), Optional.empty(), Optional.of("Acme"));
    var work = Profile.login("work", ISSUER, "cli", "read offline_access").of(owner);
    var old = Profile.key("old", ISSUER);
    profiles.put(work);
    profiles.put(old);
    assertThat(profiles.find("work")).contains(work);
    assertThat(work.user()).contains("Zoë");
    assertThat(profiles.list()).containsExactly(old, work);
    profiles.put(Profile.login("work", ISSUER, "cli", "read"));
    assertThat(profiles.find("work").orElseThrow().scope()).isEqualTo("read");
    profiles.delete("work");
    profiles.delete("work");
    assertThat(profiles.list()).containsExactly(old);
  }

  @Test
  void the_requested_name_comes_before_the_environment_and_the_default() throws Exception {
    var environment = Map.of("KEYFERRY_PROFILE", "env");
    assertThat(profiles.nameOf(Optional.empty(), Map.of())).isEqualTo("default");
    profiles.put(Profile.key("work", ISSUER));
    profiles.setDefault("work");
    assertThat(profiles.nameOf(Optional.empty(), Map.of())).isEqualTo("work");
    assertThat(profiles.nameOf(Optional.empty(), environment)).isEqualTo("env");
    assertThat(profiles.nameOf(Optional.of("flag"), environment)).isEqualTo("flag");
    assertThat(profiles.nameOf(Optional.empty(), Map.of("KEYFERRY_PROFILE", ""))).isEqualTo("work");
    profiles.delete("work");
    assertThat(profiles.nameOf(Optional.empty(), Map.of())).isEqualTo("default");
  }

  @Test
  void a_path_is_not_a_name() {
    for (var name : List.of("", "../x", "a/b", ".", "-x", "a b", "x".repeat(65), "é")) {
      assertThatThrownBy(() -> profiles.put(Profile.key(name, ISSUER))).isInstanceOf(Storage.class);
      assertThatThrownBy(() -> profiles.nameOf(Optional.of(name), Map.of()))
          .isInstanceOf(Storage.class);
    }
  }

  @Test
  void a_damaged_file_is_reported_and_kept() throws Exception {
    Files.createDirectories(file.getParent());
    for (var content :
        List.of(
            "",
            "x",
            "{",
            "[]",
            "{\"profiles\":7}",
            "{\"profiles\":[{}]}",
            "{\"profiles\":[{\"name\":\"../x\",\"issuer\":\"https://a.example\"}]}",
            "{\"profiles\":[{\"name\":\"x\",\"issuer\":\"http://a.example\"}]}",
            "{\"profiles\":[{\"name\":\"x\",\"issuer\":\"https://a.example\",\"kind\":\"?\"}]}")) {
      Files.writeString(file, content);
      assertThatThrownBy(profiles::list)
          .isInstanceOf(Storage.class)
          .hasMessageContaining("profiles.json is damaged");
      assertThatThrownBy(() -> profiles.put(Profile.key("a", ISSUER))).isInstanceOf(Storage.class);
      assertThat(Files.readString(file)).isEqualTo(content);
    }
  }

  @Test
  void text_from_the_file_is_cleaned() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        {"profiles":[{"name":"x","issuer":"https://a.example","user":"\\u001b[31mred\\u202e"}]}\
        """);
    assertThat(profiles.find("x").orElseThrow().user()).contains("red");
  }

  @Test
  void none_is_lost_in_concurrent_writes() throws Exception {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 16; i++) {
      var profile = Profile.key("p" + i, ISSUER);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  profiles.put(profile);
                } catch (LoginException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertThat(profiles.list()).hasSize(16);
  }

  @Test
  void files_are_in_the_folders_of_the_xdg_specification() {
    assertThat(Directories.of(Map.of(), home))
        .isEqualTo(
            new Directories(
                home.resolve(".config/keyferry"),
                home.resolve(".local/state/keyferry"),
                home.resolve(".local/share/keyferry")));
    var set = Map.of("XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "/s", "XDG_DATA_HOME", "/d");
    assertThat(Directories.of(set, home))
        .isEqualTo(
            new Directories(
                Path.of("/c/keyferry"), Path.of("/s/keyferry"), Path.of("/d/keyferry")));
    var ignored = Map.of("XDG_CONFIG_HOME", "relative", "XDG_STATE_HOME", "");
    assertThat(Directories.of(ignored, home)).isEqualTo(Directories.of(Map.of(), home));
  }
}
