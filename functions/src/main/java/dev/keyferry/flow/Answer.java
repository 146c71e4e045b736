package dev.keyferry.flow;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// The outcome of a step of the flow: its result or a refusal. An outage is neither. It stays an
/// exception.
public sealed interface Answer<T> {
  /// The step succeeded.
  record Given<T>(T value) implements Answer<T> {}

  /// The protocol refuses the step.
  record Declined<T>(OAuthError error) implements Answer<T> {}

  /// The result, or the refusal if there is none.
  static <T> Answer<T> of(Optional<T> result, OAuthError otherwise) {
    return result.<Answer<T>>map(Given::new).orElseGet(() -> new Declined<>(otherwise));
  }

  /// Takes the next step with this result. A refusal skips that step.
  default <R> Answer<R> then(Function<? super T, Answer<R>> next) {
    return switch (this) {
      case Given(var value) -> next.apply(value);
      case Declined(var error) -> new Declined<>(error);
    };
  }

  /// Refuses a result that does not fit.
  default Answer<T> filter(Predicate<? super T> fits, OAuthError otherwise) {
    return then(value -> fits.test(value) ? this : new Declined<>(otherwise));
  }

  /// Turns this result into another. A refusal stays as it is.
  default <R> Answer<R> map(Function<? super T, R> change) {
    return then(value -> new Given<>(change.apply(value)));
  }
}
