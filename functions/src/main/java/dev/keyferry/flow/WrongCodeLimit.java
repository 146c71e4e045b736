package dev.keyferry.flow;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.limits.Limit;
import dev.keyferry.limits.Limit.Window;
import dev.keyferry.limits.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/// Limits how often one subject, and one network, may enter a user code that does not exist,
/// RFC 8628 §5.1. Only wrong codes count, and a right code resets nothing.
///
/// A subject's attempt is counted before the code is looked up, and released if the code was
/// right. Guesses that arrive all at once are therefore looked up no more often than guesses that
/// arrive one after another. A network's attempts are counted afterwards, so that users who share
/// an address do not lock each other out.
public final class WrongCodeLimit {
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final LimitStore store;
  private final Limit perSubject;
  private final Limit perNetwork;
  private final Environment environment;

  /// @param mostOfSubject in ten minutes; 0 means no limit
  /// @param mostOfNetwork in ten minutes; 0 means no limit
  public WrongCodeLimit(
      LimitStore store, int mostOfSubject, int mostOfNetwork, Environment environment) {
    this.store = store;
    perSubject = new Limit("wrong-code-subject", mostOfSubject, WINDOW);
    perNetwork = new Limit("wrong-code-network", mostOfNetwork, WINDOW);
    this.environment = environment;
  }

  public <T> Answer<T> guard(Subject subject, Origin origin, Supplier<Answer<T>> claim) {
    var now = environment.now();
    var ofSubject = perSubject.at(subject.value(), now);
    var ofNetwork = perNetwork.at(origin.network(), now);
    var attempt = environment.newAttempt();
    if ((isOn(perNetwork) && store.isFull(ofNetwork))
        || (isOn(perSubject) && !store.reserve(ofSubject, attempt))) {
      return overLimit(subject, ofSubject, now);
    }
    var wrong = false;
    Answer<T> answer;
    try {
      answer = claim.get();
      wrong = answer instanceof Declined;
    } finally {
      // The code was right, or an outage decided nothing.
      if (!wrong && isOn(perSubject)) {
        store.release(ofSubject, attempt);
      }
    }
    return wrong && isOn(perNetwork) && !store.count(ofNetwork, attempt)
        ? overLimit(subject, ofSubject, now)
        : answer;
  }

  private static boolean isOn(Limit limit) {
    return limit.most() > 0;
  }

  /// Both windows end at the same time.
  private <T> Answer<T> overLimit(Subject subject, Window window, Instant now) {
    environment.record(Event.of(Kind.LIMIT_HIT, subject).with("limit", "wrong_code"));
    return new Declined<>(OAuthError.overLimit(Duration.between(now, window.end())));
  }
}
