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

/// The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.
public final class KeychainStore implements TokenStore {
  private static final String SERVICE = "keyferry";

  /// Long enough for a person to unlock it.
  private static final long PATIENCE_SECONDS = 60;

  /// In the words of Secret Service and new macOS, of KWallet, of Windows (ERROR_NOT_FOUND) and of
  /// old macOS (errSecItemNotFound).
  private static final Pattern NOT_THERE =
      Pattern.compile(
          "No stored credentials match|is not in wallet|^Error code 1168$"
              + "|could not be found in the keychain");

  private KeychainStore() {}

  /// What is done with an open keychain.
  private interface Use<T> {
    T of(Keyring keyring) throws PasswordAccessException;
  }

  /// Tries whether the keychain opens.
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

  /// The library has one exception for everything, from a keychain that is locked to a secret that
  /// is not there.
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
      throw new Storage("The system's keychain keeps " + name + " although it was told not to.");
    }
  }

  @Override
  public String place() {
    return "the system's keychain";
  }

  /// A keychain may wait for a person who is not there, in native code that nothing interrupts. It
  /// is closed each time: a connection to D-Bus that stays open keeps the process alive.
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
              ? "This system has no keychain that can be used."
              : "The system's keychain does not work (" + cause.getClass().getSimpleName() + ").",
          cause);
    } catch (TimeoutException e) {
      throw new Storage("The system's keychain does not answer; is it locked?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Storage("Interrupted while waiting for the system's keychain.", e);
    }
  }
}
