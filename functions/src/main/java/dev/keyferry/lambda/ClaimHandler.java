package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Decide;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Precaution;
import dev.keyferry.flow.WrongCodeLimit;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.StrictJson;
import org.jspecify.annotations.Nullable;

/// Puts a grant on a signed-in user's screen, RFC 8628 §3.3: who asks for what, when and from
/// where.
public final class ClaimHandler extends ApiHandler {
  private record Body(@Nullable String userCode) {}

  private final Clients clients;
  private final Consents consents;
  private final Decide decide;
  private final WrongCodeLimit limit;

  public ClaimHandler() {
    this(Wiring.ofEnvironment());
  }

  public ClaimHandler(Wiring wiring) {
    clients = wiring.clients();
    consents = new Consents(clients);
    decide = wiring.decide();
    limit = wiring.wrongCodeLimit();
  }

  @Override
  Response handle(Request request) {
    var typed = StrictJson.require("user_code", request.json(Body.class).userCode());
    var subject = request.subject();
    return switch (limit.guard(subject, request.origin(), () -> decide.claim(subject, typed))) {
      case Given(var screen) -> {
        var asked = screen.grant().request();
        var precaution = precaution(asked, request.origin());
        yield Response.json(
            200, consents.ask(asked, request.origin(), precaution, screen.approvalNonce()));
      }
      case Declined(var error) -> Response.error(error);
    };
  }

  /// The precaution that approve will need, if it comes from the same origin as this claim.
  private Precaution precaution(DeviceRequest asked, Origin claimant) {
    var policy = clients.confirmationOf(asked.clientId());
    return policy.precaution(asked.confirmationSupported(), asked.origin(), claimant);
  }
}
