package dev.keyferry.client;

import java.util.Map;
import java.util.Optional;

/// Secrets on this machine, by name.
public interface TokenStore {
  Optional<String> get(String name) throws LoginException;

  void put(String name, String secret) throws LoginException;

  /// Stores the secret in the best place that is available now, and deletes the previous entry.
  default void replace(String name, String secret) throws LoginException {
    put(name, secret);
  }

  /// Does nothing if there is no such secret.
  void delete(String name) throws LoginException;

  /// Describes for people where the secrets are.
  String place();

  /// The system's keychain if it works, otherwise encrypted files. `KEYFERRY_KEYCHAIN=off` in the
  /// environment turns the keychain off.
  static TokenStore best(Directories directories, Map<String, String> environment) {
    var secrets = directories.data().resolve("secrets");
    var isOff = "off".equals(environment.get("KEYFERRY_KEYCHAIN"));
    return new BestStore(secrets, isOff ? BestStore.NO_KEYCHAIN : KeychainStore::open);
  }
}
