package dev.keyferry.client;

import dev.keyferry.client.LoginException.Unreachable;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A token request that is repeated a few times if the response is lost. Each try sends the same
/// `Idempotency-Key`, so that a server that knows it returns the same tokens instead of an error.
/// The server does so for 30 seconds after a refresh, and treats a later repetition as theft. All
/// tries therefore end [earlier][#longest(Http.Limits)].
final class PersistentRequest {
  private static final int TRIES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private PersistentRequest() {}

  /// The longest time between the first try and the last.
  static Duration longest(Http.Limits limits) {
    return limits.token().plus(LONGEST_PAUSE).multipliedBy(TRIES - 1);
  }

  /// @return a response that is not an outage
  static Reply send(Server server, Time time, Map<String, String> parameters, String idempotencyKey)
      throws LoginException, InterruptedException {
    var pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      Unreachable failure;
      try {
        var reply = server.token(parameters, idempotencyKey);
        if (!Outage.matches(reply)) {
          return reply;
        }
        failure = Outage.asException(reply);
        var asked = Outage.retryAfter(reply).orElse(pause);
        pause = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
      } catch (Unreachable e) {
        failure = e;
      }
      if (tries == TRIES) {
        throw failure;
      }
      time.sleeper().sleep(pause, new CountDownLatch(1));
      pause = pause.plus(pause);
    }
  }
}
