package dev.keyferry.flow;

/// What a linked device is called, as its key's row says it.
public sealed interface DeviceName {
  /// By its owner or, if the owner gave it no name, by itself.
  record Given(String text) implements DeviceName {}

  /// By nobody: it is told from others by the user code that it was linked with.
  record ByCode(MaskedCode code) implements DeviceName {}

  /// As the claimant calls the device, else as it calls itself, else by its user code.
  static DeviceName of(
      KeyHasher hasher, DeviceCode code, Grant grant, Grant.State.Approved approved, KeyId id) {
    return approved
        .approval()
        .consent()
        .name()
        .or(grant.request()::deviceName)
        .<DeviceName>map(Given::new)
        .orElseGet(() -> {
          var userCode = UserCode.of(code.secret(), hasher, grant.version());
          return new ByCode(MaskedCode.of(userCode, hasher, id, approved.claim().subject()));
        });
  }
}
