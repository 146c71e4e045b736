package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationLimit;
import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.Authorize.Codes;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.Delivery;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Environment;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Origin;
import dev.keyferry.jose.EncryptionJwk;
import dev.keyferry.web.Form;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A device asks for a code, RFC 8628 §3.1.
public final class AuthorizeHandler extends ApiHandler {
  private static final Pattern NONCE = Pattern.compile("[\\x21-\\x7E]{1,128}");

  private final Clients clients;
  private final Authorize authorize;
  private final AuthorizationLimit limit;
  private final Environment environment;

  public AuthorizeHandler() {
    this(Wiring.ofEnvironment());
  }

  public AuthorizeHandler(Wiring wiring) {
    clients = wiring.clients();
    authorize = wiring.authorize();
    limit = wiring.authorizationLimit();
    environment = wiring.environment();
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    return switch (clients
        .publicClient(form.require("client_id"), DEVICE_CODE_GRANT)
        .then(client -> authorize(form, client, request.origin()))) {
      case Given(var codes) -> {
        var page = request.publicUrl() + "/device";
        yield Response.json(
            200,
            Map.of(
                "device_code", codes.deviceCode().reveal(),
                "user_code", codes.userCode().display(),
                "verification_uri", page,
                "verification_uri_complete", page + "?user_code=" + codes.userCode().display(),
                "expires_in", Authorize.CODE_LIFETIME.toSeconds(),
                "interval", Grant.Pace.FIRST_INTERVAL.toSeconds()));
      }
      case Declined(var error) -> Response.error(error);
    };
  }

  /// Reads the request after its network was counted, because checking an encryption key costs more
  /// than counting.
  private Answer<Codes> authorize(Form form, Client client, Origin origin) {
    return limit.guard(
        origin,
        () ->
            Parameters.asked(client, form::optional)
                .map(asked ->
                    new DeviceRequest(
                        client.id(),
                        asked.scope(),
                        asked.deviceName(),
                        asked.lifetime(),
                        asked.challenge(),
                        delivery(form),
                        confirmationSupported(form),
                        origin,
                        environment.now()))
                .then(authorize::authorize));
  }

  /// How to deliver the key, if the device asks for encryption. A `nonce` without a key to encrypt
  /// to is an unknown parameter, RFC 6749 §3.1. docs/decisions/0010.
  private static Optional<Delivery> delivery(Form form) {
    return form.optional("encryption_jwk")
        .map(EncryptionJwk::normalForm)
        .map(jwk -> new Delivery(jwk, form.optional("nonce").map(AuthorizeHandler::nonce)));
  }

  /// Whether the device can ask its user for a number, docs/number-matching.md.
  private static boolean confirmationSupported(Form form) {
    return switch (form.optional("confirmation_supported").orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw MalformedRequest.because("confirmation_supported must be true or false");
    };
  }

  private static String nonce(String text) {
    if (!NONCE.matcher(text).matches()) {
      throw MalformedRequest.because("nonce must be 1 to 128 visible ASCII characters");
    }
    return text;
  }
}
