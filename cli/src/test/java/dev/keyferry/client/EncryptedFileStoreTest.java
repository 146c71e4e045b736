package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.client.LoginException.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the encrypted files.
class EncryptedFileStoreTest {
  @TempDir Path home;
  private Path directory;
  private EncryptedFileStore store;

  @BeforeEach
  void open() {
    directory = home.resolve("share/keyferry/secrets");
    store = new EncryptedFileStore(directory);
  }

  private Path file(String name) {
    return directory.resolve(EncryptedFileStore.fileOf(name));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void returns_the_last_secret_that_was_stored() throws Exception {
    assertThat(store.get("login/a")).isEmpty();
    store.put("login/a", "first");
    store.put("login/a", "second ✓");
    store.put("login/b", "other");
    assertThat(new EncryptedFileStore(directory).get("login/a")).contains("second ✓");
    assertThat(store.get("login/b")).contains("other");
  }

  @Test
  void any_name_is_allowed_and_none_leaves_the_folder() throws Exception {
    for (var name : List.of("", "../../x", "a/b", "\0", "é".repeat(1000), "CON", "A", "a")) {
      store.put(name, "of " + name);
    }
    for (var name : List.of("", "../../x", "a/b", "\0", "é".repeat(1000), "CON", "A", "a")) {
      assertThat(store.get(name)).contains("of " + name);
    }
    try (var all = Files.walk(home)) {
      assertThat(all.filter(Files::isRegularFile)).allMatch(path -> path.startsWith(directory));
    }
  }

  @Test
  void no_file_contains_a_secret_or_its_name() throws Exception {
    store.put("login/alice", "kfr_secret");
    store.put("login/alice", "kfr_secret");
    try (var all = Files.walk(home)) {
      for (var path : all.filter(Files::isRegularFile).toList()) {
        var content = new String(Files.readAllBytes(path), ISO_8859_1);
        assertThat(content + path.getFileName()).doesNotContain("kfr_").doesNotContain("alice");
      }
    }
  }

  @Test
  void the_same_secret_never_has_the_same_ciphertext() throws Exception {
    store.put("a", "same");
    var before = Files.readAllBytes(file("a"));
    store.put("a", "same");
    assertThat(Files.readAllBytes(file("a"))).isNotEqualTo(before);
  }

  @Test
  void only_this_account_can_read_them() throws Exception {
    store.put("a", "secret");
    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(permissions(file("a"))).isEqualTo("rw-------");
    assertThat(permissions(directory.resolve("key"))).isEqualTo("rw-------");
  }

  @Test
  void a_folder_that_others_can_enter_is_closed() throws Exception {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    store.put("a", "secret");
    assertThat(permissions(directory)).isEqualTo("rwx------");
  }

  @Test
  void a_file_with_any_modified_byte_is_reported_as_damaged() throws Exception {
    store.put("a", "s");
    var whole = Files.readAllBytes(file("a"));
    for (int i = 0; i < whole.length; i++) {
      var changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file("a"), changed);
      assertThatThrownBy(() -> store.get("a"))
          .isInstanceOf(Storage.class)
          .hasMessageContaining("Log in again");
    }
  }

  @Test
  void a_shortened_or_extended_file_is_reported_as_damaged() throws Exception {
    store.put("a", "s");
    var whole = Files.readAllBytes(file("a"));
    for (int i = 0; i < whole.length; i++) {
      Files.write(file("a"), Arrays.copyOf(whole, i));
      assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
    }
    Files.write(file("a"), Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
    Files.write(file("a"), new byte[2 * 1024 * 1024]);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
  }

  @Test
  void files_cannot_be_swapped() throws Exception {
    store.put("login/mine", "mine");
    store.put("login/evil", "evil");
    Files.copy(file("login/evil"), file("login/mine"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> store.get("login/mine")).isInstanceOf(Storage.class);
  }

  @Test
  void a_damaged_file_can_be_replaced_and_deleted() throws Exception {
    store.put("a", "old");
    Files.writeString(file("a"), "garbage");
    store.put("a", "new");
    assertThat(store.get("a")).contains("new");
    Files.writeString(file("a"), "garbage");
    store.delete("a");
    assertThat(store.get("a")).isEmpty();
  }

  @Test
  void a_lost_shortened_or_wrong_key_is_reported_and_a_new_login_works() throws Exception {
    var key = directory.resolve("key");
    store.put("a", "old");
    Files.write(key, new byte[32]);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
    Files.write(key, new byte[31]);
    assertThatThrownBy(() -> store.get("a"))
        .isInstanceOf(Storage.class)
        .hasMessageContaining("Log in again");
    Files.delete(key);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
    store.put("a", "new");
    assertThat(store.get("a")).contains("new");
    assertThat(permissions(key)).isEqualTo("rw-------");
  }

  @Test
  void deleting_is_idempotent_and_removes_the_file_of_a_killed_writer() throws Exception {
    store.delete("a");
    assertThat(directory).doesNotExist();
    store.put("a", "secret");
    Files.writeString(directory.resolve(EncryptedFileStore.fileOf("a") + ".new"), "half");
    store.delete("a");
    store.delete("a");
    assertThat(store.get("a")).isEmpty();
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("key", "lock");
    }
  }

  @Test
  void failed_writes_and_reads_are_reported() throws Exception {
    Files.createDirectories(home.resolve("share"));
    Files.writeString(home.resolve("share/keyferry"), "a file where a folder should be");
    assertThatThrownBy(() -> store.put("a", "secret")).isInstanceOf(Storage.class);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(Storage.class);
    assertThatCode(() -> store.delete("a")).doesNotThrowAnyException();
  }

  @Test
  void writers_that_start_together_agree_on_one_key() throws Exception {
    var writers =
        IntStream.range(0, 16)
            .mapToObj(number ->
                CompletableFuture.runAsync(
                    () -> {
                      try {
                        new EncryptedFileStore(directory).put("n" + number, "s" + number);
                      } catch (LoginException e) {
                        throw new AssertionError(e);
                      }
                    },
                    command -> Thread.ofVirtual().start(command)))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(writers).join();
    for (int i = 0; i < 16; i++) {
      assertThat(store.get("n" + i)).contains("s" + i);
    }
    assertThat(Files.readAllBytes(directory.resolve("key"))).hasSize(32);
  }
}
