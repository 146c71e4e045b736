package dev.keyferry.lambda;

import static java.util.Map.entry;

import dev.keyferry.flow.Client;
import dev.keyferry.jose.EncryptionJwk;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.List;
import java.util.Map;

/// The metadata of this authorization server, RFC 8414 §2, RFC 8628 §4 and RFC 9207 §3.
final class MetadataHandler extends ApiHandler {
  private final Clients clients;

  MetadataHandler(Wiring wiring) {
    clients = wiring.clients();
  }

  @Override
  Response handle(Request request) {
    var issuer = request.publicUrl();
    return Response.json(
        200,
        Map.ofEntries(
            entry("issuer", issuer.toString()),
            entry("authorization_endpoint", issuer + "/oauth/authorize"),
            entry("authorization_response_iss_parameter_supported", true),
            entry("device_authorization_endpoint", issuer + "/oauth/device/authorize"),
            entry("token_endpoint", issuer + "/oauth/token"),
            entry("revocation_endpoint", issuer + "/oauth/revoke"),
            entry("revocation_endpoint_auth_methods_supported", List.of("none")),
            entry("introspection_endpoint", issuer + "/oauth/introspect"),
            entry("introspection_endpoint_auth_methods_supported", List.of("client_secret_basic")),
            entry(
                "grant_types_supported",
                List.of(Client.CODE_GRANT, Client.DEVICE_CODE_GRANT, Client.REFRESH_GRANT)),
            entry("response_types_supported", List.of("code")),
            entry("response_modes_supported", List.of("query")),
            entry("scopes_supported", clients.scopes().tokens()),
            entry("token_endpoint_auth_methods_supported", List.of("none")),
            entry("code_challenge_methods_supported", List.of("S256")),
            entry("confirmation_supported", true),
            entry("token_encryption_alg_values_supported", EncryptionJwk.ALGORITHMS),
            entry("token_encryption_enc_values_supported", EncryptionJwk.ENCRYPTIONS)));
  }
}
