package dev.keyferry.lambda;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.KeyVerifier.Active;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// An API that is not behind the key authorizer introspects a token, RFC 7662.
public final class IntrospectHandler extends ApiHandler {
  private static final Map<String, ?> INACTIVE = Map.of("active", false);

  private final Clients clients;
  private final KeyVerifier verifier;

  public IntrospectHandler() {
    this(Wiring.ofEnvironment());
  }

  public IntrospectHandler(Wiring wiring) {
    clients = wiring.clients();
    verifier = wiring.verifier();
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    return switch (clients.introspectingClient(request.header("authorization"))) {
      case Given<Client> _ -> Response.json(200, introspect(form.require("token"), request));
      case Declined(var error) -> Response.error(error);
    };
  }

  private Map<String, ?> introspect(String token, Request request) {
    return AccessToken.parse(token)
        .flatMap(verifier::verify)
        .<Map<String, ?>>map(active -> describe(active, request))
        .orElse(INACTIVE);
  }

  private static Map<String, ?> describe(Active active, Request request) {
    var terms = active.key().terms();
    return Map.of(
        "active", true,
        "client_id", terms.clientId(),
        "sub", terms.subject().value(),
        "scope", terms.scope().toString(),
        "token_type", "Bearer",
        "exp", active.until().getEpochSecond(),
        "iss", request.publicUrl().toString(),
        "jti", active.key().id().value());
  }
}
