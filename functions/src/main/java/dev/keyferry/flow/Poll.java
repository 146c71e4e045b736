package dev.keyferry.flow;

import java.time.Instant;
import java.util.Optional;

/// A device's request for its key, RFC 8628 §3.4.
///
/// @param challenge the challenge that its code verifier answers, RFC 7636 §4.5
/// @param confirmation the number that it was told
/// @param idempotencyKey names it across its retries
/// @param attempt tells its own work from another's
record Poll(
    Client client,
    DeviceCode code,
    Optional<CodeChallenge> challenge,
    Optional<Confirmation> confirmation,
    Optional<String> idempotencyKey,
    String attempt,
    Instant now) {

  GrantStore.Proof proof(Digest deviceSecret) {
    return new GrantStore.Proof(client.id(), deviceSecret, challenge);
  }

  /// Of its `Idempotency-Key`, what is hashed and kept.
  byte[] named(String key) {
    return Frame.of("poll").with(code.locator().partitionKey()).with(key).toBytes();
  }
}
