package dev.keyferry.lambda;

import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;

/// What approve and deny have in common: which grant, on which screen.
record Decision(UserCode userCode, String approvalNonce) {
  static Decision read(JsonObject body) {
    // What cannot be a user code is answered as one that is unknown.
    var userCode =
        UserCode.parse(body.string("user_code"))
            .orElseThrow(() -> new MalformedRequest(OAuthError.INVALID_USER_CODE));
    return new Decision(userCode, body.string("approval_nonce"));
  }
}
