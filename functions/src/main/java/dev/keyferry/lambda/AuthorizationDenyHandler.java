package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// The user refuses what is on the screen, RFC 6749 §4.1.2.1; it may be reported that somebody else
/// wanted it approved.
public final class AuthorizationDenyHandler extends ApiHandler {
  private final AuthorizationScreens screens;

  public AuthorizationDenyHandler() {
    this(Wiring.ofEnvironment());
  }

  public AuthorizationDenyHandler(Wiring wiring) {
    screens = wiring.authorizationScreens();
  }

  @Override
  Response handle(Request request) {
    var body = request.json();
    var nonce = body.string("approval_nonce");
    return switch (body.flag("report")
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
