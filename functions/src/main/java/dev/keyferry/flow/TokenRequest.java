package dev.keyferry.flow;

import dev.keyferry.codes.Code;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Frame;
import dev.keyferry.codes.Hasher;
import java.time.Instant;
import java.util.Optional;

/// A client's request for its key, by a device code (RFC 8628 §3.4) or an authorization code
/// (RFC 6749 §4.1.3).
///
/// @param challenge the challenge that its code verifier answers, RFC 7636 §4.5
/// @param attempt tells the request's own work from another's
record TokenRequest(
    Client client,
    Code code,
    Optional<CodeChallenge> challenge,
    Caller caller,
    String attempt,
    Instant now) {

  GrantStore.Proof proof(Digest secret) {
    return new GrantStore.Proof(client.id(), secret, challenge);
  }

  /// The hash of the request's `Idempotency-Key`, for the row.
  Optional<Digest> name(Hasher hasher) {
    return caller.idempotencyKey().map(key -> hasher.digest(code.purpose(), named(key)));
  }

  boolean isNamed(Hasher hasher, Digest name) {
    return caller
        .idempotencyKey()
        .filter(key -> hasher.matches(code.purpose(), name, named(key)))
        .isPresent();
  }

  private byte[] named(String key) {
    return Frame.of("poll").with(code.locator().qualified()).with(key).toBytes();
  }
}
