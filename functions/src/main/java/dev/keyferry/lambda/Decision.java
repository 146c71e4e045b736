package dev.keyferry.lambda;

import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.StrictJson;
import org.jspecify.annotations.Nullable;

/// What approve and deny have in common: which grant, on which screen.
record Decision(UserCode userCode, String approvalNonce) {
  static Decision of(@Nullable String userCode, @Nullable String approvalNonce) {
    // What cannot be a user code is answered as one that is unknown.
    var code =
        UserCode.parse(StrictJson.require("user_code", userCode))
            .orElseThrow(() -> new MalformedRequest(OAuthError.INVALID_USER_CODE));
    return new Decision(code, StrictJson.require("approval_nonce", approvalNonce));
  }
}
