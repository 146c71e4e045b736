package dev.keyferry.client;

import com.github.javakeyring.BackendNotSupportedException;
import com.github.javakeyring.Keyring;
import com.github.javakeyring.PasswordAccessException;
import dev.keyferry.client.LoginException.Storage;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.
public final class KeychainStore implements TokenStore {
  private static final String SERVICE = "keyferry";

  /// Long enough for a person to unlock it.
  private static final long PATIENCE_SECONDS = 60;

  private final Keyring keyring;

  private KeychainStore(Keyring keyring) {
    this.keyring = keyring;
  }

  /// Opens the keychain.
  ///
  /// @throws LoginException.Storage if there is none, or it is locked
  public static KeychainStore open() throws LoginException {
    return new KeychainStore(bounded(Keyring::create));
  }

  @Override
  public Optional<String> get(String name) throws LoginException {
    return bounded(() -> {
      try {
        return Optional.of(keyring.getPassword(SERVICE, name));
      } catch (PasswordAccessException _) {
        // The library's only word for one that is not there.
        return Optional.empty();
      }
    });
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    bounded(() -> {
      keyring.setPassword(SERVICE, name, secret);
      return true;
    });
  }

  @Override
  public void delete(String name) throws LoginException {
    bounded(() -> {
      try {
        keyring.deletePassword(SERVICE, name);
      } catch (PasswordAccessException _) {
        // As above: it is not there.
      }
      return true;
    });
    if (get(name).isPresent()) {
      throw new Storage("The system's keychain keeps " + name + " although it was told not to.");
    }
  }

  @Override
  public String place() {
    return "the system's keychain";
  }

  /// A keychain may wait for a person who is not there, in native code that nothing interrupts.
  private static <T> T bounded(Callable<T> call) throws LoginException {
    var task = new FutureTask<>(call);
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
