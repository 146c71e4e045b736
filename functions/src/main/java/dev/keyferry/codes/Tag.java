package dev.keyferry.codes;

import java.util.Arrays;

/// Marks the secret bits of a token as this server's. The first half of the bits is a link of the
/// chain. The second half is a MAC of the first, which needs no stored row to be checked.
final class Tag {
  private static final int CHAIN_BYTES = TokenForm.SECRET_BYTES / 2;

  private Tag() {}

  /// The first half of these bits, with its tag.
  ///
  /// @param label the kind of token
  static byte[] on(
      byte[] bits, String label, TokenPrefix prefix, Hasher hasher, int version, KeyId id) {
    var chain = Arrays.copyOf(bits, CHAIN_BYTES);
    var tagged = Frame.of(label).with(prefix).with(id).with(chain).toBytes();
    var tag = hasher.hmac(Purpose.MINT, version, tagged);
    var secret = Arrays.copyOf(chain, TokenForm.SECRET_BYTES);
    System.arraycopy(tag, 0, secret, CHAIN_BYTES, TokenForm.SECRET_BYTES - CHAIN_BYTES);
    return secret;
  }
}
