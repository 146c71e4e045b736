package dev.keyferry.client;

import java.util.Map;
import java.util.Optional;

/// Secrets by name, on this machine.
public interface TokenStore {
  Optional<String> get(String name) throws LoginException;

  void put(String name, String secret) throws LoginException;

  /// Puts it in the best place there is now, and takes it from where it was.
  default void replace(String name, String secret) throws LoginException {
    put(name, secret);
  }

  /// Whether there was one or not.
  void delete(String name) throws LoginException;

  /// Where they are, for people.
  String place();

  /// The system's keychain if there is one that works, else encrypted files.
  /// `KEYFERRY_KEYCHAIN=off` in the environment leaves the keychain alone.
  static TokenStore best(Directories directories, Map<String, String> environment) {
    var secrets = directories.data().resolve("secrets");
    var isOff = "off".equals(environment.get("KEYFERRY_KEYCHAIN"));
    return new BestStore(secrets, isOff ? BestStore.NO_KEYCHAIN : KeychainStore::open);
  }
}
