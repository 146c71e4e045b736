package dev.keyferry.flow;

import java.util.Base64;
import java.util.regex.Pattern;

/// A hash at rest: HMAC-SHA-256 under the subkey of a purpose, and that subkey's version. Written
/// `<version>.<base64url>`.
public record Digest(int version, String mac) {
  /// In the place of one that is yet to be made; matches nothing.
  static final Digest NONE = new Digest(0, "");

  private static final Pattern DOT = Pattern.compile("\\.");

  static Digest of(int version, byte[] mac) {
    return new Digest(version, Base64.getUrlEncoder().withoutPadding().encodeToString(mac));
  }

  public static Digest parse(String text) {
    var parts = DOT.split(text, 2);
    return new Digest(Integer.parseInt(parts[0]), parts[1]);
  }

  byte[] bytes() {
    return Base64.getUrlDecoder().decode(mac);
  }

  @Override
  public String toString() {
    return version + "." + mac;
  }
}
