package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A hasher with subkeys that are derived from their names. It rotates and fails on request.
public final class TestHasher implements Hasher {
  /// The failure of an unreachable KMS.
  public static final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private volatile int version = 1;
  private volatile Set<Purpose> failing = Set.of();
  private final AtomicInteger made = new AtomicInteger();

  @Override
  public int version() {
    return version;
  }

  @Override
  public byte[] hmac(Purpose purpose, int version, byte[] message) {
    made.incrementAndGet();
    if (failing.contains(purpose)) {
      throw new Unavailable();
    }
    var subkey = "keyferry/" + purpose.label() + "/v" + version;
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(subkey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  @Override
  public boolean isAvailable(Purpose purpose, int version) {
    return !failing.contains(purpose);
  }

  /// The number of requested HMACs.
  public int made() {
    return made.get();
  }

  public void rotateTo(int newVersion) {
    version = newVersion;
  }

  public void fail() {
    failing = EnumSet.allOf(Purpose.class);
  }

  public void failFor(Purpose purpose) {
    failing = Set.of(purpose);
  }

  public void recover() {
    failing = Set.of();
  }
}
