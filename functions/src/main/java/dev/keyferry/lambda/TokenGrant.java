package dev.keyferry.lambda;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.web.Form;

/// One grant type of the token endpoint, RFC 6749 §4.
interface TokenGrant {
  /// @param client a client that may use this grant type
  Answer<IssuedKey> issue(Client client, Form form, Caller caller);
}
