package dev.keyferry.codes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// An approval nonce and a text under one seal, which go to the page and back together. Written
/// `<nonce>.<text in base64url>.<seal>`.
public record SealedNonce(ApprovalNonce nonce, String text) {
  private static final Pattern DOT = Pattern.compile("\\.");
  private static final int PARTS = 3;

  /// @param label tells one kind of screen from another
  public String write(Hasher hasher, String label) {
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    return String.join(".", nonce.text(), encoded, seal(hasher, label, nonce.text(), encoded));
  }

  /// Empty for a text that this version of the subkeys did not seal.
  public static Optional<SealedNonce> read(Hasher hasher, String label, String written) {
    var parts = DOT.split(written, PARTS);
    if (parts.length < PARTS || !sameText(parts[2], seal(hasher, label, parts[0], parts[1]))) {
      return Optional.empty();
    }
    var text = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
    return ApprovalNonce.parse(parts[0]).map(nonce -> new SealedNonce(nonce, text));
  }

  private static String seal(Hasher hasher, String label, String nonce, String encoded) {
    var message = Frame.of(label).with(nonce).with(encoded).toBytes();
    return hasher.digest(Purpose.SEAL, message).toString();
  }

  private static boolean sameText(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
