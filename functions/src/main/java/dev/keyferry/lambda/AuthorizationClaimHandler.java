package dev.keyferry.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.Precaution;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// Puts the request that a client opened the browser with on a signed-in user's screen,
/// RFC 6749 §4.1.1.
final class AuthorizationClaimHandler extends ApiHandler {
  private final Clients clients;
  private final Consents consents;
  private final AuthorizationScreens screens;

  AuthorizationClaimHandler(Wiring wiring) {
    clients = wiring.clients();
    consents = new Consents(clients);
    screens = wiring.authorizationScreens();
  }

  @Override
  Response handle(Request request) {
    var parameters = AuthorizationParameters.read(request.json(ObjectNode.class), clients);
    var subject = request.subject();
    try {
      var screen = screens.open(subject, request.origin(), parameters.request());
      return Response.json(
          200,
          consents.ask(
              screen.request(), request.origin(), Precaution.NONE, screen.approvalNonce()));
    } catch (MalformedRequest fault) {
      // The error is the client's own, and its redirect URI is known: RFC 6749 §4.1.2.1.
      var redirect = parameters.redirect(request.publicUrl());
      return Response.json(200, Map.of("redirect_to", redirect.with(fault.error())));
    }
  }
}
