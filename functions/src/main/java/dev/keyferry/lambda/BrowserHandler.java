package dev.keyferry.lambda;

import java.util.Map;

/// The browser flow, RFC 6749 §4.1: a signed-in user sees what a client asks for, and approves or
/// denies it.
public final class BrowserHandler extends RoutesHandler {
  public BrowserHandler() {
    this(Wiring.ofEnvironment());
  }

  public BrowserHandler(Wiring wiring) {
    super(
        Map.of(
            "POST /oauth/authorize/claim", new AuthorizationClaimHandler(wiring),
            "POST /oauth/authorize/approve", new AuthorizationApproveHandler(wiring),
            "POST /oauth/authorize/deny", new AuthorizationDenyHandler(wiring)));
  }
}
