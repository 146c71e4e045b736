package dev.keyferry.lambda;

import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Decide;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Subject;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The claimant denies, RFC 8628 §3.3. The nonce is required but need not be the latest, because a
/// denial is safe from any of the claimant's screens. A report says that someone else sent the
/// code.
public final class DenyHandler extends ApiHandler {
  private record Body(@Nullable String userCode, @Nullable String approvalNonce, boolean report) {}

  private final Decide decide;

  public DenyHandler() {
    this(Wiring.ofEnvironment());
  }

  public DenyHandler(Wiring wiring) {
    decide = wiring.decide();
  }

  @Override
  Response handle(Request request) {
    var body = request.json(Body.class);
    return switch (Decision.of(body.userCode(), body.approvalNonce())
        .then(decision -> deny(request.subject(), decision.userCode(), body.report()))) {
      case Given<Grant> _ -> Response.json(200, Map.of("status", "denied"));
      case Declined(var error) -> Response.error(error);
    };
  }

  private Answer<Grant> deny(Subject subject, UserCode userCode, boolean report) {
    return report ? decide.report(subject, userCode) : decide.deny(subject, userCode);
  }
}
