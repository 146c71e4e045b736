package dev.keyferry.lambda;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.Decide;
import dev.keyferry.flow.Decide.ApprovedGrant;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The claimant approves everything that was requested, or less, RFC 8628 §3.3. If the device must
/// be told a number, the answer contains the number.
public final class ApproveHandler extends ApiHandler {
  private record Body(
      @Nullable String userCode,
      @Nullable String approvalNonce,
      boolean acknowledged,
      @Nullable String scope,
      @Nullable Long expiresIn,
      @Nullable String name) {}

  private final Consents consents;
  private final Decide decide;
  private final ProfileClaims profileClaims;

  public ApproveHandler() {
    this(Wiring.ofEnvironment());
  }

  public ApproveHandler(Wiring wiring) {
    consents = new Consents(wiring.clients());
    decide = wiring.decide();
    profileClaims = ProfileClaims.of(wiring);
  }

  @Override
  Response handle(Request request) {
    return switch (approve(request, request.json(Body.class))) {
      case Given(var approved) ->
          Response.json(
              200,
              Map.of(
                  "status",
                  "approved",
                  "confirmation",
                  approved.number().map(MatchingNumber::toString)));
      case Declined(var error) -> Response.error(error);
    };
  }

  private Answer<ApprovedGrant> approve(Request request, Body body) {
    return Decision.of(body.userCode(), body.approvalNonce())
        .then(decision ->
            consents
                .read(body.scope(), body.expiresIn(), body.name())
                .then(consent ->
                    decide.approve(
                        approver(request, body.acknowledged()),
                        decision.userCode(),
                        decision.approvalNonce(),
                        consent)));
  }

  private Approver approver(Request request, boolean acknowledged) {
    return new Approver(
        request.subject(), profileClaims.read(request), request.origin(), acknowledged);
  }
}
