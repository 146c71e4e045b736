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

  /// The given name, else `Device Link Access Key (ABCD-2345)`. The code is left out after its
  /// subkey was replaced twice, and while its subkey is unavailable.
  public String of(Key key) {
    return switch (key.terms().name()) {
      case DeviceName.Given(var text) -> text;
      case DeviceName.ByCode(var masked) when canReveal(masked) ->
          NAMELESS + " (" + masked.reveal(hasher, key.id(), key.terms().subject()).display() + ")";
      case DeviceName.ByCode _ -> NAMELESS;
    };
  }

  private boolean canReveal(MaskedCode masked) {
    return hasher.reaches(masked.version()) && hasher.isAvailable(Purpose.NAME, masked.version());
  }
}
