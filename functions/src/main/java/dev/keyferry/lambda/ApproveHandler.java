package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// The claimant approves, RFC 8628 §3.3: all that was asked for, or less. The answer tells the
/// number that the device must be told, if it must.
public final class ApproveHandler extends ApiHandler {
  private final Consents consents;
  private final DeviceFlow flow;
  private final ProfileClaims profileClaims;

  public ApproveHandler() {
    this(Wiring.ofEnvironment());
  }

  public ApproveHandler(Wiring wiring) {
    consents = new Consents(wiring.clients());
    flow = wiring.flow();
    profileClaims = ProfileClaims.of(wiring);
  }

  @Override
  Response handle(Request request) {
    var body = request.json();
    var decision = Decision.read(body);
    var consent = consents.read(body);
    var approver =
        new Approver(
            request.subject(),
            profileClaims.read(request),
            request.origin(),
            body.flag("acknowledged"));
    return switch (flow.approve(approver, decision.userCode(), decision.approvalNonce(), consent)) {
      case Given(var agreed) ->
          Response.json(200, Map.of("status", "approved", "confirmation", agreed.number()));
      case Declined(var error) -> Response.error(error);
    };
  }
}
