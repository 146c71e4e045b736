package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.CODE_GRANT;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.RedeemCode;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;
import java.util.Optional;

/// A client redeems the code that the browser brought, RFC 6749 §4.1.3.
record AuthorizationCodeGrant(Clients clients, RedeemCode redeemCode) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), CODE_GRANT);
    var code =
        AuthorizationCode.parse(form.require("code"))
            .orElseThrow(AuthorizationCodeGrant::invalidCode);
    var redirectUri = form.require("redirect_uri");
    var challenge =
        CodeChallenge.answeredBy(form.require("code_verifier"))
            .orElseThrow(AuthorizationCodeGrant::invalidCode);
    return redeemCode.redeem(client, code, redirectUri, challenge, idempotencyKey);
  }

  private static MalformedRequest invalidCode() {
    return new MalformedRequest(OAuthError.INVALID_CODE);
  }
}
