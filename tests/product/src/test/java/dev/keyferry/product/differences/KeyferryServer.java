package dev.keyferry.product.differences;

import dev.keyferry.flow.Authorize;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.UUID;

/// The local stack as one of the two servers.
final class KeyferryServer implements AuthorizationServer {
  /// Longer than a refresh token stays valid unused, and so longer than any lifetime here.
  private static final Duration PAST_ALL = Duration.ofDays(31);

  private final OverHttp api = new OverHttp(Shared.stack());

  /// Does not register request values as secrets, because some are a single letter.
  @Override
  public Reply send(Api.Call call) {
    var reply = api.send(call);
    Secrets.answered(reply);
    return reply;
  }

  @Override
  public void approve(String userCode) {
    api.grant("compared-" + UUID.randomUUID(), userCode);
  }

  @Override
  public void deny(String userCode) {
    var user = "compared-" + UUID.randomUUID();
    api.deny(user, userCode, api.claim(user, userCode).text("approval_nonce"));
  }

  @Override
  public void expire(String credential) {
    var isToken = credential.startsWith("kf");
    // A grant is kept for an hour after its code expires. Then it is unknown.
    Shared.CLOCK.advance(isToken ? PAST_ALL : Authorize.CODE_LIFETIME);
  }

  @Override
  public void pause() {
    Shared.CLOCK.advance(Duration.ofMinutes(1));
  }
}
