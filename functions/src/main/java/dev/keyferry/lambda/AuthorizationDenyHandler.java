package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.StrictJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The user denies the request on the screen, RFC 6749 §4.1.2.1. A report says that someone else
/// wanted it approved.
final class AuthorizationDenyHandler extends ApiHandler {
  private record Body(@Nullable String approvalNonce, boolean report) {}

  private final AuthorizationScreens screens;

  AuthorizationDenyHandler(Wiring wiring) {
    screens = wiring.authorizationScreens();
  }

  @Override
  Response handle(Request request) {
    var body = request.json(Body.class);
    var nonce = StrictJson.require("approval_nonce", body.approvalNonce());
    return switch (body.report()
        ? screens.report(request.subject(), nonce)
        : screens.deny(request.subject(), nonce)) {
      case Given(var denied) -> {
        var redirect = Redirect.of(request.publicUrl(), denied);
        yield Response.json(
            200,
            Map.of("status", "denied", "redirect_to", redirect.with(OAuthError.ACCESS_DENIED)));
      }
      case Declined(var error) -> Response.error(error);
    };
  }
}
