package dev.keyferry.client;

import com.github.javakeyring.BackendNotSupportedException;
import com.github.javakeyring.Keyring;
import com.github.javakeyring.PasswordAccessException;
import dev.keyferry.client.LoginException.Storage;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// The system's keychain: Secret Service, macOS Keychain, or Windows Credential Manager.
public final class KeychainStore implements TokenStore {
  private static final String SERVICE = "keyferry";

  /// Long enough for a person to unlock it.
  private static final long PATIENCE_SECONDS = 60;

  /// The messages of Secret Service and new macOS, KWallet, Windows (ERROR_NOT_FOUND), and old
  /// macOS (errSecItemNotFound).
  private static final Pattern NOT_THERE =
      Pattern.compile(
          "No stored credentials match|is not in wallet|^Error code 1168$"
              + "|could not be found in the keychain");

  private KeychainStore() {}

  /// An action on an open keychain.
  private interface Use<T> {
    T of(Keyring keyring) throws PasswordAccessException;
  }

  /// Tests whether the keychain opens.
  ///
  /// @throws LoginException.Storage if there is none, or it is locked
  public static KeychainStore open() throws LoginException {
    bounded(keyring -> true);
    return new KeychainStore();
  }

  @Override
  public Optional<String> get(String name) throws LoginException {
    return bounded(keyring -> read(keyring, name));
  }

  private static Optional<String> read(Keyring keyring, String name)
      throws PasswordAccessException {
    try {
      return Optional.of(keyring.getPassword(SERVICE, name));
    } catch (PasswordAccessException e) {
      if (isNotThere(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// The library has one exception for all failures, from a locked keychain to a missing secret.
  static boolean isNotThere(PasswordAccessException e) {
    return e.getMessage() != null && NOT_THERE.matcher(e.getMessage()).find();
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    bounded(keyring -> {
      keyring.setPassword(SERVICE, name, secret);
      return true;
    });
  }

  @Override
  public void delete(String name) throws LoginException {
    var left =
        bounded(keyring -> {
          try {
            keyring.deletePassword(SERVICE, name);
          } catch (PasswordAccessException e) {
            if (!isNotThere(e)) {
              throw e;
            }
          }
          return read(keyring, name);
        });
    if (left.isPresent()) {
      throw new Storage("The system's keychain did not delete " + name + ". Delete it there.");
    }
  }

  @Override
  public String place() {
    return "the system's keychain";
  }

  /// A keychain may wait for an absent person, in native code that cannot be interrupted. It is
  /// closed after each use, because an open D-Bus connection keeps the process alive.
  @SuppressWarnings("try") // Its close() may throw anything.
  private static <T> T bounded(Use<T> use) throws LoginException {
    var task =
        new FutureTask<>(() -> {
          try (var keyring = Keyring.create()) {
            return use.of(keyring);
          }
        });
    Thread.ofPlatform().daemon().name("keychain").start(task);
    try {
      return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new Storage(
          cause instanceof BackendNotSupportedException
              ? "This system has no usable keychain."
              : "The system's keychain failed (" + cause.getClass().getSimpleName() + ").",
          cause);
    } catch (TimeoutException e) {
      throw new Storage("The system's keychain does not respond. If it is locked, unlock it.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Storage("Interrupted while waiting for the system's keychain.", e);
    }
  }
}
