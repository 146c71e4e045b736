package dev.keyferry.lambda;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Poll;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;

/// A device polls for its key, RFC 8628 §3.4.
record DeviceCodeGrant(Poll poll) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Client client, Form form, Caller caller) {
    var code = DeviceCode.parse(form.require("device_code"));
    var verifier = form.optional("code_verifier");
    var challenge = verifier.flatMap(CodeChallenge::answeredBy);
    if (code.isEmpty() || (verifier.isPresent() && challenge.isEmpty())) {
      return new Declined<>(OAuthError.INVALID_GRANT);
    }
    var number = form.optional("confirmation").map(DeviceCodeGrant::number);
    return poll.poll(client, code.get(), challenge, number, caller);
  }

  private static MatchingNumber number(String text) {
    return MatchingNumber.parse(text)
        .orElseThrow(() -> MalformedRequest.because("confirmation must be two digits"));
  }
}
