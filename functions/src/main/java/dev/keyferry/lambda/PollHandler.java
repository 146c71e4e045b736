package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.CodeChallenge;
import dev.keyferry.flow.DeviceCode;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The token endpoint, where the device polls for its key, RFC 8628 §3.4.
public final class PollHandler extends ApiHandler {
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7E]{1,255}");

  private final Clients clients;
  private final DeviceFlow flow;

  public PollHandler() {
    this(Wiring.ofEnvironment());
  }

  public PollHandler(Wiring wiring) {
    clients = wiring.clients();
    flow = wiring.flow();
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    if (!form.require("grant_type").equals(DEVICE_CODE_GRANT)) {
      throw refused(
          OAuthError.of(
              OAuthError.Code.UNSUPPORTED_GRANT_TYPE, "the token endpoint knows the device grant"));
    }
    var client = clients.require(form.require("client_id"), DEVICE_CODE_GRANT);
    Supplier<MalformedRequest> invalidGrant = () -> refused(OAuthError.INVALID_GRANT);
    var code = DeviceCode.parse(form.require("device_code")).orElseThrow(invalidGrant);
    var challenge =
        form.optional("code_verifier")
            .map(verifier -> CodeChallenge.answeredBy(verifier).orElseThrow(invalidGrant));
    var idempotencyKey = request.header("idempotency-key");
    if (idempotencyKey.filter(key -> !IDEMPOTENCY_KEY.matcher(key).matches()).isPresent()) {
      throw refused(OAuthError.invalidRequest("Idempotency-Key is not 1 to 255 characters"));
    }
    return switch (flow.poll(client, code, challenge, idempotencyKey)) {
      case Given(var issued) -> token(issued);
      case Declined(var error) -> Response.error(error);
    };
  }

  /// RFC 6749 §5.1. The life is the key's whole life, so that a repeated answer is the same to the
  /// byte.
  private static Response token(IssuedKey issued) {
    var key = issued.key();
    return Response.json(
        200,
        Map.of(
            "access_token", issued.token().reveal(),
            "token_type", "Bearer",
            "expires_in", Duration.between(key.createdAt(), key.expiresAt()).toSeconds(),
            "scope", key.scope()));
  }

  private static MalformedRequest refused(OAuthError error) {
    return new MalformedRequest(error);
  }
}
