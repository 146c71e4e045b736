package dev.keyferry.codes;

import java.util.Optional;

/// The code that a device polls with, RFC 8628 §3.2.
public record DeviceCode(Locator locator, Secret secret) implements Code {
  public static Optional<DeviceCode> parse(String text) {
    return Code.parse(text, DeviceCode::new);
  }

  @Override
  public Purpose purpose() {
    return Purpose.DEVICE_CODE;
  }

  /// The message for the stored hash. It includes the locator, so that a thief gains nothing by
  /// copying the hash of their own secret onto another's row.
  public byte[] message() {
    return Frame.of("secret").with(locator.qualified()).with(secret.reveal()).toBytes();
  }
}
