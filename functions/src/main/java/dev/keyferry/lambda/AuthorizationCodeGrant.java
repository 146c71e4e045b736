package dev.keyferry.lambda;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.RedeemCode;
import dev.keyferry.web.Form;

/// A client redeems the code that the browser brought, RFC 6749 §4.1.3.
record AuthorizationCodeGrant(RedeemCode redeemCode) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Client client, Form form, Caller caller) {
    var code = AuthorizationCode.parse(form.require("code"));
    if (code.isEmpty()) {
      return new Declined<>(OAuthError.INVALID_CODE);
    }
    var redirectUri = form.require("redirect_uri");
    var challenge = CodeChallenge.answeredBy(form.require("code_verifier"));
    if (challenge.isEmpty()) {
      return new Declined<>(OAuthError.INVALID_CODE);
    }
    return redeemCode.redeem(client, code.get(), redirectUri, challenge.get(), caller);
  }
}
