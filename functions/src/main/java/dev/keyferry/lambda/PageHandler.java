package dev.keyferry.lambda;

import java.util.Map;

/// The routes that need no AWS: the verification page, the metadata, and what the authorizer found
/// out about a key.
public final class PageHandler extends RoutesHandler {
  public PageHandler() {
    this(Wiring.ofEnvironment());
  }

  public PageHandler(Wiring wiring) {
    this(wiring, new VerificationPageHandler(wiring));
  }

  private PageHandler(Wiring wiring, VerificationPageHandler page) {
    super(
        Map.of(
            "GET /", page,
            "GET /device", page,
            "GET /device/{proxy+}", page,
            "GET /device/linked", page,
            "GET /device/{version}/{asset}", page,
            "GET /oauth/authorize", page,
            "GET /.well-known/oauth-authorization-server", new MetadataHandler(wiring),
            "GET /whoami", new WhoamiHandler()));
  }
}
