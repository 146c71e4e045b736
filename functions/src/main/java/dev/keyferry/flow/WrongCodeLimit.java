package dev.keyferry.flow;

import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Limit.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// How often one subject, and one network, may enter a user code that is not to be had, RFC 8628
/// §5.1. Only wrong codes count, and a right one resets nothing.
///
/// The counters are read before the code is looked for, so that who is over the limit touches no
/// grant, and again after it was found: of guesses that arrive all at once, a right one counts for
/// nothing once enough wrong ones are counted.
public final class WrongCodeLimit {
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final LimitStore store;
  private final Limit perSubject;
  private final Limit perNetwork;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;

  /// @param mostOfSubject in ten minutes; 0 is no limit
  /// @param mostOfNetwork in ten minutes; 0 is no limit
  public WrongCodeLimit(
      LimitStore store,
      int mostOfSubject,
      int mostOfNetwork,
      InstantSource clock,
      RandomGenerator random,
      Audit audit) {
    this.store = store;
    perSubject = new Limit("wrong-code-subject", mostOfSubject, WINDOW);
    perNetwork = new Limit("wrong-code-network", mostOfNetwork, WINDOW);
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  public <T> Answer<T> guard(Subject subject, Origin origin, Supplier<Answer<T>> claim) {
    var now = clock.instant();
    var windows =
        Stream.of(perSubject.at(subject.value(), now), perNetwork.at(origin.network(), now))
            .filter(window -> window.limit().most() > 0)
            .toList();
    if (store.anyFull(windows)) {
      return overLimit(subject, windows, now);
    }
    return switch (claim.get()) {
      case Given<T> given -> store.anyFull(windows) ? overLimit(subject, windows, now) : given;
      case Declined<T> wrong -> countAll(windows) ? wrong : overLimit(subject, windows, now);
    };
  }

  private boolean countAll(List<Window> windows) {
    var attempt = Secret.drawName(random);
    return windows.stream().allMatch(window -> store.count(window, attempt));
  }

  private <T> Answer<T> overLimit(Subject subject, List<Window> windows, Instant now) {
    audit.record(Event.of(Kind.LIMIT_HIT, subject).with("limit", "wrong_code"));
    return new Declined<>(OAuthError.overLimit(Duration.between(now, windows.getFirst().end())));
  }
}
