package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.client.LoginException.Storage;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keychain if one works, otherwise files. A secret stays where it is until it is deleted, so
/// that it is never in both. A mark in the files says that a secret is in the keychain. Without a
/// mark, the keychain is not opened. With one, an unreachable keychain (over SSH) is an error, not
/// a missing login.
final class BestStore implements TokenStore {
  static final Keychain NO_KEYCHAIN =
      () -> {
        throw new Storage("The system's keychain is turned off (KEYFERRY_KEYCHAIN=off).");
      };

  private final EncryptedFileStore files;
  private final PrivateFiles marks;
  private final Keychain keychain;
  private @Nullable TokenStore opened;

  /// Opens the keychain.
  interface Keychain {
    TokenStore open() throws LoginException;
  }

  BestStore(Path directory, Keychain keychain) {
    files = new EncryptedFileStore(directory);
    marks = new PrivateFiles(directory, _ -> {});
    this.keychain = keychain;
  }

  @Override
  public Optional<String> get(String name) throws LoginException {
    if (files.has(name)) {
      return files.get(name);
    }
    if (!isMarked(name)) {
      return Optional.empty();
    }
    var secret = keychain().get(name);
    // A concurrent deletion removes the mark.
    if (secret.isEmpty() && isMarked(name)) {
      throw new Storage(
          "The login is in the system's keychain but cannot be read. Unlock it, or log in again.");
    }
    return secret;
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    if (files.has(name) || !putIntoKeychain(name, secret)) {
      files.put(name, secret);
    }
  }

  /// A new login may go to a better place than the previous one. It is stored before the previous
  /// one is deleted, so that a failure loses no login.
  @Override
  public void replace(String name, String secret) throws LoginException {
    if (putIntoKeychain(name, secret)) {
      files.delete(name);
      return;
    }
    files.put(name, secret);
    try {
      deleteFromKeychain(name);
    } catch (Storage _) {
      // The keychain is unreachable, and the file takes precedence.
    }
  }

  /// The mark comes first: without a mark, a secret in the keychain would never be found.
  private boolean putIntoKeychain(String name, String secret) throws LoginException {
    try {
      var open = keychain();
      if (!isMarked(name)) {
        try (var _ = marks.lock()) {
          marks.write(markOf(name), "in the keychain".getBytes(UTF_8));
        }
      }
      open.put(name, secret);
      return true;
    } catch (Storage _) {
      return false;
    }
  }

  @Override
  public void delete(String name) throws LoginException {
    files.delete(name);
    deleteFromKeychain(name);
  }

  private void deleteFromKeychain(String name) throws LoginException {
    if (isMarked(name)) {
      keychain().delete(name);
      try (var _ = marks.lock()) {
        marks.delete(markOf(name));
      }
    }
  }

  @Override
  public String place() {
    try {
      return keychain().place();
    } catch (LoginException _) {
      return files.place();
    }
  }

  private synchronized TokenStore keychain() throws LoginException {
    var open = opened == null ? keychain.open() : opened;
    opened = open;
    return open;
  }

  private boolean isMarked(String name) {
    return marks.exists(markOf(name));
  }

  private static String markOf(String name) {
    return EncryptedFileStore.fileOf(name) + ".keychain";
  }
}
