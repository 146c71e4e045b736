package dev.keyferry.lambda;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.WrongCodeLimit;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;

/// A signed-in user puts a grant on the screen, RFC 8628 §3.3: who asks for what, when and from
/// where.
public final class ClaimHandler extends ApiHandler {
  private final Clients clients;
  private final DeviceFlow flow;
  private final WrongCodeLimit limit;

  public ClaimHandler() {
    this(Wiring.ofEnvironment());
  }

  public ClaimHandler(Wiring wiring) {
    clients = wiring.clients();
    flow = wiring.flow();
    limit = wiring.wrongCodeLimit();
  }

  @Override
  Response handle(Request request) {
    var typed = request.json().string("user_code");
    var subject = request.subject();
    return switch (limit.guard(subject, request.origin(), () -> flow.claim(subject, typed))) {
      case Given(var screen) -> {
        var asked = screen.grant().request();
        yield Response.json(
            200,
            Map.of(
                "client_id", asked.clientId(),
                "client_name", clients.nameOf(asked.clientId()),
                "scope", asked.scope(),
                "device_name", asked.deviceName(),
                "expires_in", asked.lifetime().toSeconds(),
                "requested_at", asked.at().getEpochSecond(),
                "requested_from", asked.origin(),
                "same_network", asked.origin().sharesNetworkWith(request.origin()),
                "approval_nonce", screen.approvalNonce()));
      }
      case Declined(var error) -> Response.error(error);
    };
  }
}
