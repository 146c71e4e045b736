package dev.keyferry.flow;

/// What a linked device is called, as its key's row says it.
public sealed interface DeviceName {
  /// By its owner or, if the owner gave it no name, by itself.
  record Given(String text) implements DeviceName {}

  /// By nobody: it is told from others by the user code that it was linked with.
  record ByCode(MaskedCode code) implements DeviceName {}
}
