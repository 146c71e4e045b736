package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.CODE_GRANT;
import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;
import static dev.keyferry.flow.Client.REFRESH_GRANT;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.CodeFlow;
import dev.keyferry.flow.Confirmation;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.RefreshFlow;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The token endpoint, where a device polls for its key, RFC 8628 §3.4, and a client that has a
/// browser redeems its code for one, RFC 6749 §4.1.3; both renew it here, RFC 6749 §6.
public final class PollHandler extends ApiHandler {
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7E]{1,255}");

  private final Clients clients;
  private final DeviceFlow deviceFlow;
  private final CodeFlow codeFlow;
  private final RefreshFlow refreshFlow;

  public PollHandler() {
    this(Wiring.ofEnvironment());
  }

  public PollHandler(Wiring wiring) {
    clients = wiring.clients();
    var prefix = wiring.tokenPrefix();
    deviceFlow = wiring.flow(prefix);
    codeFlow = wiring.codeFlow(prefix);
    refreshFlow = wiring.refreshFlow();
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    var answer =
        switch (form.require("grant_type")) {
          case DEVICE_CODE_GRANT -> poll(form, idempotencyKey(request));
          case CODE_GRANT -> redeem(form, idempotencyKey(request));
          case REFRESH_GRANT -> refresh(form, idempotencyKey(request));
          default ->
              throw refused(
                  OAuthError.of(
                      OAuthError.Code.UNSUPPORTED_GRANT_TYPE,
                      "the token endpoint knows device codes, authorization codes and refresh tokens"));
        };
    return switch (answer) {
      case Given(var issued) -> TokenAnswer.of(issued);
      case Declined(var error) -> Response.error(error);
    };
  }

  private Answer<IssuedKey> poll(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), DEVICE_CODE_GRANT);
    Supplier<MalformedRequest> invalidGrant = () -> refused(OAuthError.INVALID_GRANT);
    var code = DeviceCode.parse(form.require("device_code")).orElseThrow(invalidGrant);
    var challenge =
        form.optional("code_verifier")
            .map(verifier -> CodeChallenge.answeredBy(verifier).orElseThrow(invalidGrant));
    var confirmation = form.optional("confirmation").map(PollHandler::confirmation);
    return deviceFlow.poll(client, code, challenge, confirmation, idempotencyKey);
  }

  private static Confirmation confirmation(String text) {
    return Confirmation.parse(text)
        .orElseThrow(() -> refused(OAuthError.invalidRequest("confirmation is not two digits")));
  }

  private Answer<IssuedKey> redeem(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), CODE_GRANT);
    Supplier<MalformedRequest> invalidCode = () -> refused(OAuthError.INVALID_CODE);
    var code = AuthorizationCode.parse(form.require("code")).orElseThrow(invalidCode);
    var redirectUri = form.require("redirect_uri");
    var challenge =
        CodeChallenge.answeredBy(form.require("code_verifier")).orElseThrow(invalidCode);
    return codeFlow.redeem(client, code, redirectUri, challenge, idempotencyKey);
  }

  private Answer<IssuedKey> refresh(Form form, Optional<String> idempotencyKey) {
    var client = clients.require(form.require("client_id"), REFRESH_GRANT);
    var token =
        RefreshToken.parse(form.require("refresh_token"))
            .orElseThrow(() -> refused(OAuthError.INVALID_REFRESH_TOKEN));
    return refreshFlow.refresh(client, token, idempotencyKey);
  }

  private static Optional<String> idempotencyKey(Request request) {
    var key = request.header("idempotency-key");
    if (key.filter(text -> !IDEMPOTENCY_KEY.matcher(text).matches()).isPresent()) {
      throw refused(OAuthError.invalidRequest("Idempotency-Key is not 1 to 255 characters"));
    }
    return key;
  }

  private static MalformedRequest refused(OAuthError error) {
    return new MalformedRequest(error);
  }
}
