package dev.keyferry.codes;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The nonce that a claimant's screen holds between claim and approve: the time when the screen was
/// opened, and 128 random bits. Only its hash is stored, so no one can make up the time in it.
public record ApprovalNonce(Instant openedAt, String text) {
  private static final int RANDOM_BYTES = 16;
  private static final int BYTES = Long.BYTES + RANDOM_BYTES;

  public static ApprovalNonce draw(RandomGenerator random, Instant now) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(now.toEpochMilli())
            .put(Secret.draw(random, RANDOM_BYTES).reveal())
            .array();
    return new ApprovalNonce(now, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  public static Optional<ApprovalNonce> parse(String text) {
    try {
      var bytes = Base64.getUrlDecoder().decode(text);
      return bytes.length == BYTES
          ? Optional.of(
              new ApprovalNonce(Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong()), text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public byte[] bytes() {
    return Base64.getUrlDecoder().decode(text);
  }
}
