package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.CODE_GRANT;
import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;
import static dev.keyferry.flow.Client.REFRESH_GRANT;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Form;
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

  private final Clients clients;
  private final Map<String, TokenGrant> grants;

  public PollHandler() {
    this(Wiring.ofEnvironment());
  }

  public PollHandler(Wiring wiring) {
    clients = wiring.clients();
    grants =
        Map.of(
            DEVICE_CODE_GRANT, new DeviceCodeGrant(wiring.poll()),
            CODE_GRANT, new AuthorizationCodeGrant(wiring.redeemCode()),
            REFRESH_GRANT, new RefreshTokenGrant(wiring.refresh()));
  }

  @Override
  Response handle(Request request) {
    return switch (issue(request, request.form())) {
      case Given(var issued) -> TokenAnswer.of(issued);
      case Declined(var error) -> Response.error(error);
    };
  }

  private Answer<IssuedKey> issue(Request request, Form form) {
    var grantType = form.require("grant_type");
    var grant = grants.get(grantType);
    if (grant == null) {
      return new Declined<>(UNSUPPORTED);
    }
    var caller = new Caller(request.origin(), idempotencyKey(request));
    return clients
        .publicClient(form.require("client_id"), grantType)
        .then(client -> grant.issue(client, form, caller));
  }

  /// An empty header counts as omitted, as an empty parameter does.
  private static Optional<String> idempotencyKey(Request request) {
    var key = request.header("idempotency-key").filter(text -> !text.isEmpty());
    if (key.filter(text -> !IDEMPOTENCY_KEY.matcher(text).matches()).isPresent()) {
      throw MalformedRequest.because("Idempotency-Key must be 1 to 255 characters");
    }
    return key;
  }
}
