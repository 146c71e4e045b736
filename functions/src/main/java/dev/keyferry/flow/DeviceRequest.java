package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a device asked for, RFC 8628 §3.1, when, and from where.
///
/// @param deviceName what the device says of itself: untrusted text
/// @param lifetime how long the key shall live
/// @param challenge if present, only the holder of the matching code verifier can redeem the device
/// code
/// @param delivery if present, how its token answers are to be encrypted
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

  /// How long what is approved lasts, renewals and all, unless the claimant wants it shorter.
  public Duration longestLink() {
    return scope.tokens().contains(Scope.OFFLINE_ACCESS) ? Key.LONGEST_FAMILY : lifetime;
  }
}
