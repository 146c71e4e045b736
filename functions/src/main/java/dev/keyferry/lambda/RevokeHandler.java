package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
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
    return switch (clients.publicClient(form.require("client_id"))) {
      case Given(var client) -> {
        revoke.revoke(client, form.require("token"));
        yield Response.json(200, Map.of());
      }
      case Declined(var error) -> Response.error(error);
    };
  }
}
