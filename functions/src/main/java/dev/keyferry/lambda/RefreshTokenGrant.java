package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.REFRESH_GRANT;

import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Refresh;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;
import java.util.Optional;

/// A client renews its key, RFC 6749 §6.
record RefreshTokenGrant(Clients clients, Refresh refresh) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), REFRESH_GRANT);
    var token =
        RefreshToken.parse(form.require("refresh_token"))
            .orElseThrow(() -> new MalformedRequest(OAuthError.INVALID_REFRESH_TOKEN));
    return refresh.refresh(client, token, idempotencyKey);
  }
}
