package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.client.LoginException.Storage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Secrets in files, encrypted with AES-256-GCM. The key is in the same folder. The encryption
/// protects copies, logs, and backups of single files, but not against a reader of the whole
/// account.
///
/// A file contains `KFS1`, a nonce of 12 bytes, the ciphertext, and the tag. The file name is a
/// hash of the secret's name. That name is authenticated too, so that files cannot be swapped. A
/// restored older file is not detected.
public final class EncryptedFileStore implements TokenStore {
  private static final byte[] MAGIC = "KFS1".getBytes(UTF_8);
  private static final String KEY_FILE = "key";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final PrivateFiles files;

  public EncryptedFileStore(Path directory) {
    this(directory, _ -> {});
  }

  EncryptedFileStore(Path directory, Consumer<String> steps) {
    this.directory = directory;
    files = new PrivateFiles(directory, steps);
  }

  @Override
  public Optional<String> get(String name) throws LoginException {
    var file = files.read(fileOf(name));
    return file.isEmpty() ? Optional.empty() : Optional.of(decrypt(name, file.get()));
  }

  @Override
  public void put(String name, String secret) throws LoginException {
    try (var _ = files.lock()) {
      files.write(fileOf(name), encrypt(name, secret));
    }
  }

  @Override
  public void delete(String name) throws LoginException {
    if (files.exists(fileOf(name)) || files.hasLeftover(fileOf(name))) {
      try (var _ = files.lock()) {
        files.delete(fileOf(name));
      }
    }
  }

  boolean has(String name) {
    return files.exists(fileOf(name));
  }

  @Override
  public String place() {
    return directory.toString();
  }

  static String fileOf(String name) {
    return HexFormat.of().formatHex(Base64Url.digest(name.getBytes(UTF_8)), 0, 16) + ".secret";
  }

  private byte[] encrypt(String name, String secret) throws LoginException {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, keyToWriteWith(), nonce, name);
      var ciphertext = cipher.doFinal(secret.getBytes(UTF_8));
      return ByteBuffer.allocate(MAGIC.length + nonce.length + ciphertext.length)
          .put(MAGIC)
          .put(nonce)
          .put(ciphertext)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  private String decrypt(String name, byte[] file) throws LoginException {
    if (file.length < MAGIC.length + NONCE_BYTES + TAG_BYTES
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw damaged(name);
    }
    var key = files.read(KEY_FILE).filter(bytes -> bytes.length == KEY_BYTES);
    if (key.isEmpty()) {
      throw new Storage(
          "The key that decrypts " + directory + " is missing or damaged. Log in again.");
    }
    var nonce = Arrays.copyOfRange(file, MAGIC.length, MAGIC.length + NONCE_BYTES);
    try {
      var cipher = cipher(Cipher.DECRYPT_MODE, key.get(), nonce, name);
      var start = MAGIC.length + NONCE_BYTES;
      return new String(cipher.doFinal(file, start, file.length - start), UTF_8);
    } catch (AEADBadTagException _) {
      throw damaged(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  private Storage damaged(String name) {
    return new Storage(
        "%s is damaged or was modified. Log in again.".formatted(files.path(fileOf(name))));
  }

  /// Creates a key if there is no complete one. Files under an incomplete key are lost anyway.
  private byte[] keyToWriteWith() throws LoginException {
    var there = files.read(KEY_FILE).filter(bytes -> bytes.length == KEY_BYTES);
    if (there.isPresent()) {
      return there.get();
    }
    var fresh = new byte[KEY_BYTES];
    RANDOM.nextBytes(fresh);
    files.write(KEY_FILE, fresh);
    return fresh;
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce, String name)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
    cipher.updateAAD(MAGIC);
    cipher.updateAAD(name.getBytes(UTF_8));
    return cipher;
  }
}
