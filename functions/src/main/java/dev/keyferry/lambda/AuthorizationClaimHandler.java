package dev.keyferry.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.Precaution;
import dev.keyferry.flow.Subject;
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
    return switch (AuthorizationParameters.read(request.json(ObjectNode.class), clients)) {
      case Given(var parameters) ->
          Response.json(200, claim(request, request.subject(), parameters));
      case Declined(var error) -> Response.error(error);
    };
  }

  private Map<String, ?> claim(
      Request request, Subject subject, AuthorizationParameters parameters) {
    return switch (parameters.request()) {
      case Given(var asked) -> {
        var origin = request.origin();
        var screen = screens.open(subject, origin, asked);
        yield consents.ask(screen.request(), origin, Precaution.NONE, screen.approvalNonce());
      }
      // The error is the client's own, and its redirect URI is known: RFC 6749 §4.1.2.1.
      case Declined(var error) ->
          Map.of("redirect_to", parameters.redirect(request.publicUrl()).with(error));
    };
  }
}
