package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Poll;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;
import java.util.Optional;

/// A device polls for its key, RFC 8628 §3.4.
record DeviceCodeGrant(Clients clients, Poll poll) implements TokenGrant {
  @Override
  public Answer<IssuedKey> issue(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), DEVICE_CODE_GRANT);
    var code =
        DeviceCode.parse(form.require("device_code")).orElseThrow(DeviceCodeGrant::invalidGrant);
    var challenge =
        form.optional("code_verifier")
            .map(verifier ->
                CodeChallenge.answeredBy(verifier).orElseThrow(DeviceCodeGrant::invalidGrant));
    var number = form.optional("confirmation").map(DeviceCodeGrant::number);
    return poll.poll(client, code, challenge, number, idempotencyKey);
  }

  private static MalformedRequest invalidGrant() {
    return new MalformedRequest(OAuthError.INVALID_GRANT);
  }

  private static MatchingNumber number(String text) {
    return MatchingNumber.parse(text)
        .orElseThrow(() ->
            new MalformedRequest(OAuthError.invalidRequest("confirmation must be two digits")));
  }
}
