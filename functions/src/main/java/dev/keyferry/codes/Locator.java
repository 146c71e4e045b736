package dev.keyferry.codes;

import java.util.Arrays;
import java.util.Base64;

/// The place of a grant: the first 16 bytes of HMAC(subkey `user-code`, user code), as base64url.
/// The user code hashes to it and the device code carries it, so both codes reach one item without
/// an index.
public record Locator(String value) {
  public static final int BYTES = 16;

  public static Locator of(byte[] mac) {
    return new Locator(
        Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, BYTES)));
  }

  public byte[] bytes() {
    return Base64.getUrlDecoder().decode(value);
  }

  /// The grant's name among all rows, in hashes and in the store.
  public String qualified() {
    return "GRANT#" + value;
  }
}
