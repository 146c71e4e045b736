package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests of processes that are killed while they write.
@Timeout(60)
class KillTest {
  @TempDir Path home;

  private interface Check {
    void after(EncryptedFileStore store, Path directory) throws Exception;
  }

  /// Kills a writer before the first step, before the second, and so on, until a process finishes.
  /// Each run has its own folder, which the check's first writer prepares.
  private int killAtEachStep(String operation, boolean filled, Check check) throws Exception {
    for (int step = 0; ; step++) {
      var directory = home.resolve(operation + filled + step);
      var store = new EncryptedFileStore(directory);
      if (filled) {
        store.put("login/a", "old");
        store.put("login/b", "other");
      }
      var child =
          Children.java(
              KilledWriter.class, directory.toString(), Integer.toString(step), operation);
      var status = Children.run(child).status();
      if (status == 0) {
        return step;
      }
      assertThat(status).isEqualTo(KilledWriter.KILLED);
      check.after(store, directory);
      // The leftover file must not block later writers.
      store.put("login/a", "newer");
      assertThat(store.get("login/a")).contains("newer");
      store.delete("login/a");
      try (var left = Files.list(directory)) {
        assertThat(left).noneMatch(path -> path.toString().endsWith(".new"));
      }
    }
  }

  @Test
  void a_writer_killed_at_any_step_leaves_the_old_secret_or_the_new() throws Exception {
    var found = new ArrayList<Optional<String>>();
    var steps =
        killAtEachStep(
            "put",
            true,
            (store, _) -> {
              found.add(store.get("login/a"));
              assertThat(store.get("login/b")).contains("other");
            });
    assertThat(steps).isEqualTo(6);
    assertThat(found)
        .containsExactlyElementsOf(
            List.of(
                Optional.of("old"),
                Optional.of("old"),
                Optional.of("old"),
                Optional.of("old"),
                Optional.of("old"),
                Optional.of("new")));
  }

  @Test
  void a_first_writer_killed_at_any_step_leaves_nothing_or_the_secret() throws Exception {
    var steps =
        killAtEachStep(
            "put",
            false,
            (store, directory) -> {
              assertThat(store.get("login/a")).isIn(Optional.empty(), Optional.of("new"));
              assertThat(
                      Files.exists(directory.resolve("key.new"))
                          && Files.exists(directory.resolve("key")))
                  .isFalse();
            });
    assertThat(steps).isEqualTo(12);
  }

  @Test
  void a_deletion_killed_at_any_step_leaves_the_secret_or_nothing() throws Exception {
    var steps =
        killAtEachStep(
            "delete",
            true,
            (store, _) -> {
              assertThat(store.get("login/a")).isIn(Optional.empty(), Optional.of("old"));
              assertThat(store.get("login/b")).contains("other");
            });
    assertThat(steps).isEqualTo(3);
  }

  @Test
  void kill_9_at_any_moment_of_a_busy_writer_leaves_a_readable_store() throws Exception {
    var store = new EncryptedFileStore(home.resolve("busy"));
    store.put("login/a", "new");
    for (int i = 0; i < 6; i++) {
      var writer =
          Children.java(
                  KilledWriter.class, home.resolve("busy").toString(), "1000000000", "forever")
              .start();
      try {
        assertThat(writer.getInputStream().read()).isEqualTo('w');
        // Readers need no lock while it writes.
        var end = System.nanoTime() + Duration.ofMillis(40 + 17 * i).toNanos();
        while (System.nanoTime() < end) {
          assertThat(store.get("login/a").orElseThrow()).startsWith("new");
        }
      } finally {
        writer.destroyForcibly().waitFor();
      }
      assertThat(store.get("login/a").orElseThrow()).startsWith("new");
    }
    store.put("login/a", "after all");
    assertThat(store.get("login/a")).contains("after all");
  }
}
