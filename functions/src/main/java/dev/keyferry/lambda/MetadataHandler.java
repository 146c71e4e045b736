package dev.keyferry.lambda;

import dev.keyferry.flow.Client;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.List;
import java.util.Map;

/// What this authorization server can do, RFC 8414 §2 and RFC 8628 §4.
public final class MetadataHandler extends ApiHandler {
  private final Clients clients;

  public MetadataHandler() {
    this(Wiring.ofEnvironment());
  }

  public MetadataHandler(Wiring wiring) {
    clients = wiring.clients();
  }

  @Override
  Response handle(Request request) {
    var issuer = request.publicUrl();
    return Response.json(
        200,
        Map.of(
            "issuer", issuer,
            "device_authorization_endpoint", issuer + "/oauth/device/authorize",
            "token_endpoint", issuer + "/oauth/token",
            "revocation_endpoint", issuer + "/oauth/revoke",
            "revocation_endpoint_auth_methods_supported", List.of("none"),
            "grant_types_supported", List.of(Client.DEVICE_CODE_GRANT, Client.REFRESH_GRANT),
            "response_types_supported", List.of(),
            "scopes_supported", clients.scopes().tokens(),
            "token_endpoint_auth_methods_supported", List.of("none"),
            "code_challenge_methods_supported", List.of("S256")));
  }
}
