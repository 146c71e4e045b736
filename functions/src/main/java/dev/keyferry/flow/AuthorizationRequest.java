package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A client's request through the browser, RFC 6749 §4.1.1 and RFC 7636 §4.3.
///
/// @param redirectUri where the browser takes the answer; one of the client's redirect URIs
/// @param state returned unchanged with the answer
/// @param deviceName what the client calls its machine: untrusted text
/// @param lifetime the requested lifetime of the key
public record AuthorizationRequest(
    String clientId,
    String redirectUri,
    Optional<String> state,
    Scope scope,
    Optional<String> deviceName,
    Duration lifetime,
    CodeChallenge challenge) {

  /// The request as a grant stores it: the browser is the device.
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
