package dev.keyferry.codes;

import java.util.Base64;
import java.util.regex.Pattern;

/// A stored hash: HMAC-SHA-256 under the subkey of a purpose, and that subkey's version. Written
/// `<version>.<base64url>`.
public record Digest(int version, String mac) {
  /// A placeholder for a hash that is not made yet. It matches nothing.
  public static final Digest NONE = new Digest(0, "");

  /// 256 bits are 43 characters.
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})\\.([A-Za-z0-9_-]{43})");

  public static Digest of(int version, byte[] mac) {
    return new Digest(version, Base64.getUrlEncoder().withoutPadding().encodeToString(mac));
  }

  public static Digest parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("not a valid digest");
    }
    return new Digest(Integer.parseInt(form.group(1)), form.group(2));
  }

  public byte[] bytes() {
    return Base64.getUrlDecoder().decode(mac);
  }

  @Override
  public String toString() {
    return version + "." + mac;
  }
}
