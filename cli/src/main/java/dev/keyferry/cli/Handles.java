package dev.keyferry.cli;

import dev.keyferry.client.Directories;
import dev.keyferry.client.Json;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Pending;
import dev.keyferry.client.TokenStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The handles of logins that `--no-wait` started. The device code is a secret in the store. A file
/// per handle says only when its login expires, so that expired ones can be deleted.
final class Handles {
  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
  private static final int LENGTH = 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TokenStore store;
  private final Path directory;

  /// @param profile that the login is for
  record Entry(String profile, Pending pending) {}

  /// Stores the current state of a login.
  interface Keeper {
    /// For a login that cannot be resumed.
    Keeper NONE = _ -> {};

    void keep(Pending pending) throws LoginException;
  }

  Handles(TokenStore store, Directories directories) {
    this.store = store;
    directory = directories.state().resolve("pending");
  }

  static boolean isHandle(String text) {
    return text.matches("[" + ALPHABET + "]{" + LENGTH + "}");
  }

  /// @return the handle
  String keep(Entry entry, Instant now) throws LoginException {
    var handle =
        RANDOM
            .ints(LENGTH, 0, ALPHABET.length())
            .collect(
                StringBuilder::new,
                (text, i) -> text.append(ALPHABET.charAt(i)),
                StringBuilder::append)
            .toString();
    sweep(now);
    keep(handle, entry);
    return handle;
  }

  /// Stores it again after a poll changed it.
  void keep(String handle, Entry entry) throws LoginException {
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(handle), Long.toString(entry.pending().expiresAt().getEpochSecond()));
    } catch (IOException e) {
      throw new LoginException.Storage("Could not write to " + directory + ".", e);
    }
    store.put(
        name(handle),
        Json.write(Map.of("profile", entry.profile(), "pending", entry.pending().toSecret())));
  }

  Optional<Entry> find(String handle) throws LoginException {
    var secret = isHandle(handle) ? store.get(name(handle)) : Optional.<String>empty();
    return secret.isEmpty() ? Optional.empty() : Optional.of(parse(secret.get()));
  }

  private static Entry parse(String secret) throws LoginException {
    try {
      var members = Json.read(secret);
      return new Entry(members.string("profile"), Pending.parse(members.string("pending")));
    } catch (LoginException.BadServer e) {
      throw new LoginException.Storage("The stored login is damaged. Start a new one.", e);
    }
  }

  void forget(String handle) throws LoginException {
    store.delete(name(handle));
    try {
      Files.deleteIfExists(directory.resolve(handle));
    } catch (IOException e) {
      throw new LoginException.Storage("Could not delete from " + directory + ".", e);
    }
  }

  private void sweep(Instant now) throws LoginException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (var handles = Files.list(directory)) {
      for (var file : handles.toList()) {
        var handle = file.getFileName().toString();
        var ends = read(file);
        if (isHandle(handle)
            && ends.matches("[0-9]{1,12}")
            && Long.parseLong(ends) < now.getEpochSecond()) {
          forget(handle);
        }
      }
    } catch (IOException e) {
      throw new LoginException.Storage("Could not read " + directory + ".", e);
    }
  }

  /// Empty if another process deleted it first.
  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  private static String name(String handle) {
    return "pending." + handle;
  }
}
