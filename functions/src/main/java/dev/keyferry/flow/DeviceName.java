package dev.keyferry.flow;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.UserCode;

/// The name of a linked device, as its key's row stores it.
public sealed interface DeviceName {
  /// A name from the device's owner or, if the owner gave none, from the device itself.
  record Given(String text) implements DeviceName {}

  /// No name. The user code that the device was linked with tells it from others.
  record ByCode(MaskedCode code) implements DeviceName {}

  /// The claimant's name for the device; else the device's own name; else its user code; else, if
  /// no user code was shown, its client's name.
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
