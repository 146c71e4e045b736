package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.StrictJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The user approves the request on the screen, RFC 6749 §4.1.2. The answer says where the page
/// takes the code.
final class AuthorizationApproveHandler extends ApiHandler {
  private record Body(
      @Nullable String approvalNonce,
      @Nullable String scope,
      @Nullable Long expiresIn,
      @Nullable String name) {}

  private final Consents consents;
  private final AuthorizationScreens screens;
  private final ProfileClaims profileClaims;

  AuthorizationApproveHandler(Wiring wiring) {
    consents = new Consents(wiring.clients());
    screens = wiring.authorizationScreens();
    profileClaims = ProfileClaims.of(wiring);
  }

  @Override
  Response handle(Request request) {
    var body = request.json(Body.class);
    var approver =
        new Approver(request.subject(), profileClaims.read(request), request.origin(), false);
    var nonce = StrictJson.require("approval_nonce", body.approvalNonce());
    return switch (consents
        .read(body.scope(), body.expiresIn(), body.name())
        .then(consent -> screens.approve(approver, nonce, consent))) {
      case Given(var authorized) -> {
        var redirect = Redirect.of(request.publicUrl(), authorized.request());
        yield Response.json(
            200, Map.of("status", "approved", "redirect_to", redirect.with(authorized.code())));
      }
      case Declined(var error) -> Response.error(error);
    };
  }
}
