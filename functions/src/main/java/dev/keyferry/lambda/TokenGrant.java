package dev.keyferry.lambda;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.web.Form;
import java.util.Optional;

/// One grant type of the token endpoint, RFC 6749 §4.
interface TokenGrant {
  /// @param client a client that may use this grant type
  /// @param idempotencyKey names the request across its retries
  Answer<IssuedKey> issue(Client client, Form form, Optional<String> idempotencyKey);
}
