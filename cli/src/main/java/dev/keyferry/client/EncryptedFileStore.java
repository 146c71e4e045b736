package dev.keyferry.client;

import java.nio.file.Path;
import java.util.Optional;

/// Secrets in files that AES-256-GCM encrypts. Its key lies beside them, so this is no guard against
/// who can read this account's files, but against copies, logs and backups of single files.
public final class EncryptedFileStore implements TokenStore {
  private final Path directory;

  public EncryptedFileStore(Path directory) {
    this.directory = directory;
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
    return directory.toString();
  }
}
