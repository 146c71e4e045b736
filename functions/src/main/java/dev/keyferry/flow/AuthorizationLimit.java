package dev.keyferry.flow;

import dev.keyferry.codes.Secret;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.limits.Limit;
import dev.keyferry.limits.LimitStore;
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
  private final Audit audit;

  /// @param mostAMinute 0 is no limit
  public AuthorizationLimit(
      LimitStore store, int mostAMinute, InstantSource clock, RandomGenerator random, Audit audit) {
    this.store = store;
    perNetwork = new Limit("authorize", mostAMinute, WINDOW);
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  public <T> Answer<T> guard(Origin origin, Supplier<Answer<T>> authorize) {
    var now = clock.instant();
    var window = perNetwork.at(origin.network(), now);
    if (perNetwork.most() == 0 || store.count(window, Secret.drawName(random))) {
      return authorize.get();
    }
    audit.record(Event.of(Kind.LIMIT_HIT).with("limit", "authorize"));
    return new Declined<>(OAuthError.overLimit(Duration.between(now, window.end())));
  }
}
