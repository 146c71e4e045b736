package dev.keyferry.flow;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;

/// The names of linked devices as people read them.
public final class DeviceNames {
  private static final String NAMELESS = "Device Link Access Key";

  private final Hasher hasher;

  public DeviceNames(Hasher hasher) {
    this.hasher = hasher;
  }

  /// The name given, else `Device Link Access Key (ABCD-2345)`; without the code once its subkey
  /// was replaced twice, or while it cannot be had.
  public String of(Key key) {
    return switch (key.terms().name()) {
      case DeviceName.Given(var text) -> text;
      case DeviceName.ByCode(var masked) when isLegible(masked) ->
          NAMELESS + " (" + masked.reveal(hasher, key.id(), key.terms().subject()).display() + ")";
      case DeviceName.ByCode _ -> NAMELESS;
    };
  }

  private boolean isLegible(MaskedCode masked) {
    return hasher.reaches(masked.version()) && hasher.isAvailable(Purpose.NAME, masked.version());
  }
}
