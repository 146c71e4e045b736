package dev.keyferry.client;

import java.util.Optional;

/// The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.
public final class KeychainStore implements TokenStore {
  private KeychainStore() {}

  /// Opens the keychain.
  ///
  /// @throws LoginException.Storage if there is none, or it is locked
  public static KeychainStore open() throws LoginException {
    return new KeychainStore();
  }

  @Override
  public Optional<String> get(String name) throws LoginException {
    return Soon.later(this, name);
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    Soon.later(this, name, secret);
  }

  @Override
  public void delete(String name) throws LoginException {
    Soon.later(this, name);
  }

  @Override
  public String place() {
    return "the system's keychain";
  }
}
