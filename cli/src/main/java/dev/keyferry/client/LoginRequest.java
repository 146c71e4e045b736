package dev.keyferry.client;

import java.time.Duration;
import java.util.Optional;

/// What a program asks for.
///
/// @param scope empty for the server's default
/// @param deviceName shown to who approves; empty for none
/// @param lifetime of the key, where the server lets clients choose; else its default
/// @param confirmable whether there is someone at this program who can be asked for the number of
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
