package dev.keyferry.lambda;

import dev.keyferry.page.VerificationPage;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;

/// The verification page, RFC 8628 §3.3, and the authorization endpoint, RFC 6749 §3.1.
final class VerificationPageHandler extends ApiHandler {
  private final VerificationPage page;

  VerificationPageHandler(Wiring wiring) {
    page =
        new VerificationPage(
            new VerificationPage.Branding(
                wiring.setting("BRAND_NAME"),
                wiring.setting("ACCENT_COLOR"),
                wiring.setting("SUPPORT_URL")));
  }

  @Override
  Response handle(Request request) {
    return page.answer(request);
  }
}
