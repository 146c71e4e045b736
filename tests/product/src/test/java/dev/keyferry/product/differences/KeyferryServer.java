package dev.keyferry.product.differences;

import dev.keyferry.flow.Authorize;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.UUID;

/// The local stack, as one of the servers that are compared.
final class KeyferryServer implements AuthorizationServer {
  /// Longer than a refresh token stays good unused, and so than anything here.
  private static final Duration PAST_ALL = Duration.ofDays(31);

  private final OverHttp api = new OverHttp(Shared.stack());

  /// What the requests send is not taken for secrets: some of it is no more than one letter.
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
    // A grant stays for an hour after its code, and is then forgotten.
    Shared.CLOCK.advance(isToken ? PAST_ALL : Authorize.CODE_LIFETIME);
  }

  @Override
  public void pause() {
    Shared.CLOCK.advance(Duration.ofMinutes(1));
  }
}
