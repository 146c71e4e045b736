package dev.keyferry.client;

import dev.keyferry.client.LoginException.Unreachable;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A token request that is repeated a few times when its answer is lost, always with the same
/// `Idempotency-Key`, so that a server that knows it gives the same tokens and not an error. It
/// does so for 30 seconds after a refresh and takes a later repetition for a thief's, so all of it
/// is over in [less][#longest(Http.Limits)].
final class PersistentRequest {
  private static final int TRIES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private PersistentRequest() {}

  /// From the first sending to the last one's, at most.
  static Duration longest(Http.Limits limits) {
    return limits.token().plus(LONGEST_PAUSE).multipliedBy(TRIES - 1);
  }

  /// @return what is no outage
  static Reply send(Server server, Time time, Map<String, String> parameters, String idempotencyKey)
      throws LoginException, InterruptedException {
    var pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      Unreachable failure;
      try {
        var reply = server.token(parameters, idempotencyKey);
        if (!Outage.isOne(reply)) {
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
