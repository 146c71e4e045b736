package dev.keyferry.lambda;

import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Refresh;
import dev.keyferry.web.Form;

/// A client renews its key, RFC 6749 §6.
record RefreshTokenGrant(Refresh refresh) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Client client, Form form, Caller caller) {
    var token = RefreshToken.parse(form.require("refresh_token"));
    if (token.isEmpty()) {
      return new Declined<>(OAuthError.INVALID_REFRESH_TOKEN);
    }
    return refresh.refresh(client, token.get(), caller);
  }
}
