package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.client.LoginException.Storage;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keychain where one works, else files. A secret stays where it is until it is deleted, so
/// that it is never in both; a mark in the files says that one is in the keychain, so that nobody
/// opens it for nothing, and a keychain out of reach (over SSH) is told apart from no login.
final class BestStore implements TokenStore {
  static final Keychain NO_KEYCHAIN =
      () -> {
        throw new Storage("The system's keychain is switched off (KEYFERRY_KEYCHAIN=off).");
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
    // A deletion meanwhile has taken the mark away.
    if (secret.isEmpty() && isMarked(name)) {
      throw new Storage(
          "What is kept is in the system's keychain but cannot be read: unlock it, or log in again.");
    }
    return secret;
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    if (files.has(name) || !putIntoKeychain(name, secret)) {
      files.put(name, secret);
    }
  }

  /// A new login may go to a better place than the one before. It is there before that one goes, so
  /// that what fails or is killed here loses none.
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
      // It is out of reach there, and the file comes before it.
    }
  }

  /// The mark comes first: without it a secret in the keychain would be out of sight.
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
