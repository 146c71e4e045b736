package dev.keyferry.local;

import java.time.Duration;
import java.util.UUID;

/// The local stack, as one of the servers that are compared.
final class KeyferryServer implements AuthorizationServer {
  /// Longer than any code lives, and any key that the requests ask for.
  private static final Duration PAST_ALL = Duration.ofDays(100);

  private final OverHttp api = new OverHttp(Shared.stack());

  @Override
  public Reply send(Api.Call call) {
    return api.call(call);
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
    var isCode = !credential.startsWith("kf");
    Shared.CLOCK.advance(isCode ? Duration.ofMinutes(10) : PAST_ALL);
  }

  @Override
  public void pause() {
    Shared.CLOCK.advance(Duration.ofMinutes(1));
  }
}
