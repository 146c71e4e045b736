package dev.keyferry.codes;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// Bytes that must not appear anywhere by accident. Printing shows none of them, comparing takes
/// constant time, and reading them needs the explicit [#reveal()].
public final class Secret {
  private static final int NAME_BYTES = 16;

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  public static Secret draw(RandomGenerator random, int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return new Secret(bytes);
  }

  /// 128 random bits as text, to tell one attempt from all others.
  public static String drawName(RandomGenerator random) {
    var bytes = draw(random, NAME_BYTES).bytes;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  public byte[] reveal() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
