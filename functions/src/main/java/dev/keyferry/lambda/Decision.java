package dev.keyferry.lambda;

import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.StrictJson;
import org.jspecify.annotations.Nullable;

/// The grant and the screen that approve and deny have in common.
record Decision(UserCode userCode, String approvalNonce) {
  /// A text that cannot be a user code gets the same answer as an unknown one.
  static Answer<Decision> of(@Nullable String userCode, @Nullable String approvalNonce) {
    var code = UserCode.parse(StrictJson.require("user_code", userCode));
    return Answer.of(code, OAuthError.INVALID_USER_CODE)
        .map(known -> new Decision(known, StrictJson.require("approval_nonce", approvalNonce)));
  }
}
