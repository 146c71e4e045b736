package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A device's request, RFC 8628 §3.1, with its time and origin.
///
/// @param deviceName what the device calls itself: untrusted text
/// @param lifetime the requested lifetime of the key
/// @param challenge if present, only the holder of the matching code verifier can redeem the device
/// code
/// @param delivery if present, how to encrypt the device's token answers
/// @param confirmationSupported whether the device can ask its user for a number,
/// docs/number-matching.md
public record DeviceRequest(
    String clientId,
    Scope scope,
    Optional<String> deviceName,
    Duration lifetime,
    Optional<CodeChallenge> challenge,
    Optional<Delivery> delivery,
    boolean confirmationSupported,
    Origin origin,
    Instant at) {

  /// How long an approval of this request lasts, including renewals, unless the claimant shortens
  /// it.
  public Duration longestLink() {
    return scope.tokens().contains(Scope.OFFLINE_ACCESS) ? Key.LONGEST_FAMILY : lifetime;
  }
}
