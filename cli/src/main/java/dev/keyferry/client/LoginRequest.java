package dev.keyferry.client;

import java.time.Duration;
import java.util.Optional;

/// The login that a program requests.
///
/// @param scope empty for the server's default
/// @param deviceName shown to the approver; empty for none
/// @param lifetime of the key, if the server lets clients choose; empty for its default
/// @param confirmable whether a person at this program can enter the number of
/// docs/number-matching.md
public record LoginRequest(
    String clientId,
    String scope,
    String deviceName,
    Optional<Duration> lifetime,
    boolean confirmable) {
  public static LoginRequest of(String clientId, String scope) {
    return new LoginRequest(clientId, scope, "", Optional.empty(), true);
  }
}
