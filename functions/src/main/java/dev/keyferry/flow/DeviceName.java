package dev.keyferry.flow;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.UserCode;

/// What a linked device is called, as its key's row says it.
public sealed interface DeviceName {
  /// By its owner or, if the owner gave it no name, by itself.
  record Given(String text) implements DeviceName {}

  /// By nobody: it is told from others by the user code that it was linked with.
  record ByCode(MaskedCode code) implements DeviceName {}

  /// As the claimant calls the device, else as it calls itself, else by its user code, or by its
  /// client where nobody was shown one.
  static DeviceName of(
      Hasher hasher, TokenRequest request, Grant grant, Grant.State.Approved approved, KeyId id) {
    return approved
        .approval()
        .consent()
        .name()
        .or(grant.request()::deviceName)
        .<DeviceName>map(Given::new)
        .orElseGet(() ->
            switch (request.code()) {
              case DeviceCode code -> {
                var userCode = UserCode.of(code.secret(), hasher, grant.version());
                var subject = approved.claim().subject();
                yield new ByCode(MaskedCode.of(userCode, hasher, id, subject));
              }
              case AuthorizationCode _ -> new Given(request.client().name());
            });
  }
}
