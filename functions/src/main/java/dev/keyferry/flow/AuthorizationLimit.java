package dev.keyferry.flow;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.limits.Limit;
import dev.keyferry.limits.LimitStore;
import java.time.Duration;
import java.util.function.Supplier;

/// Limits how often one network may ask for codes, because each request costs a row.
public final class AuthorizationLimit {
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final LimitStore store;
  private final Limit perNetwork;
  private final Environment environment;

  /// @param mostAMinute 0 means no limit
  public AuthorizationLimit(LimitStore store, int mostAMinute, Environment environment) {
    this.store = store;
    perNetwork = new Limit("authorize", mostAMinute, WINDOW);
    this.environment = environment;
  }

  public <T> Answer<T> guard(Origin origin, Supplier<Answer<T>> authorize) {
    var now = environment.now();
    var window = perNetwork.at(origin.network(), now);
    if (perNetwork.most() == 0 || store.count(window, environment.newAttempt())) {
      return authorize.get();
    }
    environment.record(Event.of(Kind.LIMIT_HIT).with("limit", "authorize"));
    return new Declined<>(OAuthError.overLimit(Duration.between(now, window.end())));
  }
}
