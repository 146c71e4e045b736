package dev.keyferry.flow;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// The code a device polls with, RFC 8628 §3.2: base64url of locator (16 bytes) ‖ secret (32
/// bytes), 64 characters. The locator finds the grant, the secret proves that the poll is the
/// device's.
public record DeviceCode(Locator locator, Secret secret) {
  static final int SECRET_BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{64}");

  public static Optional<DeviceCode> parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    var bytes = Base64.getUrlDecoder().decode(text);
    return Optional.of(
        new DeviceCode(
            Locator.of(bytes), Secret.of(Arrays.copyOfRange(bytes, Locator.BYTES, bytes.length))));
  }

  /// What is hashed and kept of it. Bound to the place, so that the hash of a thief's own secret,
  /// copied onto another's row, fits nothing.
  byte[] message() {
    return Frame.of("secret").with(locator.partitionKey()).with(secret.reveal()).toBytes();
  }

  /// The code as the device sends it.
  public String reveal() {
    var bytes = Arrays.copyOf(locator.bytes(), Locator.BYTES + SECRET_BYTES);
    System.arraycopy(secret.reveal(), 0, bytes, Locator.BYTES, SECRET_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
