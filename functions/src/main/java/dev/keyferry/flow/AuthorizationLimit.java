package dev.keyferry.flow;

import dev.keyferry.flow.Answer.Declined;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// How often one network may ask for codes: each costs a row.
public final class AuthorizationLimit {
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final LimitStore store;
  private final Limit perNetwork;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// @param mostAMinute 0 is no limit
  public AuthorizationLimit(
      LimitStore store, int mostAMinute, InstantSource clock, RandomGenerator random) {
    this.store = store;
    perNetwork = new Limit("authorize", mostAMinute, WINDOW);
    this.clock = clock;
    this.random = random;
  }

  public <T> Answer<T> guard(Origin origin, Supplier<Answer<T>> authorize) {
    var now = clock.instant();
    var window = perNetwork.at(origin.network(), now);
    return perNetwork.most() == 0 || store.count(window, Secret.drawName(random))
        ? authorize.get()
        : new Declined<>(OAuthError.overLimit(Duration.between(now, window.end())));
  }
}
