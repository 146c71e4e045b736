package dev.keyferry.lambda;

import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.StrictJson;
import org.jspecify.annotations.Nullable;

/// The grant and the screen that approve and deny have in common.
record Decision(UserCode userCode, String approvalNonce) {
  static Decision of(@Nullable String userCode, @Nullable String approvalNonce) {
    // A text that cannot be a user code gets the same answer as an unknown one.
    var code =
        UserCode.parse(StrictJson.require("user_code", userCode))
            .orElseThrow(() -> new MalformedRequest(OAuthError.INVALID_USER_CODE));
    return new Decision(code, StrictJson.require("approval_nonce", approvalNonce));
  }
}
