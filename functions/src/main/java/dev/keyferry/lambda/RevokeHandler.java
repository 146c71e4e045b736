package dev.keyferry.lambda;

import dev.keyferry.flow.Revoke;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// A client revokes a key by one of its tokens, RFC 7009. The answer is the same for every token.
public final class RevokeHandler extends ApiHandler {
  private final Clients clients;
  private final Revoke revoke;

  public RevokeHandler() {
    this(Wiring.ofEnvironment());
  }

  public RevokeHandler(Wiring wiring) {
    clients = wiring.clients();
    revoke = wiring.revoke();
  }

  @Override
  Response handle(Request request) {
    var form = request.form();
    var client = clients.require(form.require("client_id"));
    revoke.revoke(client, form.require("token"));
    return Response.json(200, Map.of());
  }
}
