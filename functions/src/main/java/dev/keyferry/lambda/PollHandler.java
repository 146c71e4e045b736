package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.CODE_GRANT;
import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;
import static dev.keyferry.flow.Client.REFRESH_GRANT;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The token endpoint, RFC 6749 §3.2. It hands each grant type to its own class.
public final class PollHandler extends ApiHandler {
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7E]{1,255}");

  private static final OAuthError UNSUPPORTED =
      OAuthError.of(
          OAuthError.Code.UNSUPPORTED_GRANT_TYPE,
          "unsupported grant_type; send a device code, authorization code, or refresh token");

  private final Map<String, TokenGrant> grants;

  public PollHandler() {
    this(Wiring.ofEnvironment());
  }

  public PollHandler(Wiring wiring) {
    var clients = wiring.clients();
    grants =
        Map.of(
            DEVICE_CODE_GRANT, new DeviceCodeGrant(clients, wiring.poll()),
            CODE_GRANT, new AuthorizationCodeGrant(clients, wiring.redeemCode()),
            REFRESH_GRANT, new RefreshTokenGrant(clients, wiring.refresh()));
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    var grant =
        Optional.ofNullable(grants.get(form.require("grant_type")))
            .orElseThrow(() -> new MalformedRequest(UNSUPPORTED));
    return switch (grant.issue(form, idempotencyKey(request))) {
      case Given(var issued) -> TokenAnswer.of(issued);
      case Declined(var error) -> Response.error(error);
    };
  }

  private static Optional<String> idempotencyKey(Request request) {
    var key = request.header("idempotency-key");
    if (key.filter(text -> !IDEMPOTENCY_KEY.matcher(text).matches()).isPresent()) {
      throw new MalformedRequest(
          OAuthError.invalidRequest("Idempotency-Key must be 1 to 255 characters"));
    }
    return key;
  }
}
