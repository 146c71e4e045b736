package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.TestHasher;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// A hasher that caches each HMAC, because replayed requests ask for the same ones again and again.
final class RememberingHasher implements Hasher {
  private final Hasher hasher = new TestHasher();
  private final Map<Purpose, Map<ByteBuffer, byte[]>> made = new HashMap<>();

  @Override
  public int version() {
    return hasher.version();
  }

  @Override
  public byte[] hmac(Purpose purpose, int version, byte[] message) {
    return made.computeIfAbsent(purpose, _ -> new HashMap<>())
        .computeIfAbsent(ByteBuffer.wrap(message), _ -> hasher.hmac(purpose, version, message))
        .clone();
  }

  @Override
  public boolean isAvailable(Purpose purpose, int version) {
    return true;
  }
}
