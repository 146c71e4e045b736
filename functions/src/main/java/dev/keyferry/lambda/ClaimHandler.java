package dev.keyferry.lambda;

import static java.util.Map.entry;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Check;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.WrongCodeLimit;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Locale;
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
            Map.ofEntries(
                entry("client_id", asked.clientId()),
                entry("client_name", clients.nameOf(asked.clientId())),
                entry("scope", asked.scope()),
                entry("scopes", clients.describe(asked.scope())),
                entry("device_name", asked.deviceName()),
                entry("expires_in", asked.lifetime().toSeconds()),
                entry("requested_at", asked.at().getEpochSecond()),
                entry("requested_from", asked.origin()),
                entry("same_network", asked.origin().sharesNetworkWith(request.origin())),
                entry("confirmation", confirmation(asked, request.origin())),
                entry("approval_nonce", screen.approvalNonce())));
      }
      case Declined(var error) -> Response.error(error);
    };
  }

  /// What approve is going to ask for, if it comes from where this came from.
  private String confirmation(DeviceRequest asked, Origin claimant) {
    var policy = clients.confirmationOf(asked.clientId());
    return Check.of(policy, asked.confirmationSupported(), asked.origin(), claimant)
        .name()
        .toLowerCase(Locale.ROOT);
  }
}
