package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a client asks for through the browser, RFC 6749 §4.1.1 and RFC 7636 §4.3.
///
/// @param redirectUri where the browser takes the answer: one of the client's
/// @param state goes back with the answer, as it came
/// @param deviceName what the client says of its machine: untrusted text
/// @param lifetime how long the key shall live
public record AuthorizationRequest(
    String clientId,
    String redirectUri,
    Optional<String> state,
    Scope scope,
    Optional<String> deviceName,
    Duration lifetime,
    CodeChallenge challenge) {

  /// As a grant keeps it: the browser is the device.
  DeviceRequest from(Origin origin, Instant at) {
    return new DeviceRequest(
        clientId,
        scope,
        deviceName,
        lifetime,
        Optional.of(challenge),
        Optional.empty(),
        false,
        origin,
        at);
  }
}
