package dev.keyferry.codes;

import java.util.Optional;

/// The code a device polls with, RFC 8628 §3.2.
public record DeviceCode(Locator locator, Secret secret) implements Code {
  public static Optional<DeviceCode> parse(String text) {
    return Code.parse(text, DeviceCode::new);
  }

  @Override
  public Purpose purpose() {
    return Purpose.DEVICE_CODE;
  }

  /// What is hashed and kept of it. Bound to the place, so that the hash of a thief's own secret,
  /// copied onto another's row, fits nothing.
  public byte[] message() {
    return Frame.of("secret").with(locator.qualified()).with(secret.reveal()).toBytes();
  }
}
