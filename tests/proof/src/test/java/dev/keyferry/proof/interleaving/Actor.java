package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.OAuthError.Code;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Someone who sends requests one after another, and again what was answered with an outage.
///
/// @param requests each may depend on what the one before heard
/// @param isClock whether this is time itself
/// @param isContent with a key, and asks no more
record Actor(
    String name,
    List<Function<Optional<Heard>, Request>> requests,
    boolean isClock,
    boolean isContent) {
  static Actor of(String name, Request... requests) {
    return new Actor(name, Arrays.stream(requests).map(Actor::always).toList(), false, true);
  }

  /// Time goes on by these steps.
  static Actor clock(Duration... steps) {
    return new Actor(
        "the clock",
        Arrays.stream(steps).map(Requests::wait).map(Actor::always).toList(),
        true,
        true);
  }

  /// Sends the same so many times, if it does not hear before that it is over.
  static Actor often(String name, int times, Request request) {
    return new Actor(name, Collections.nCopies(times, always(request)), false, true);
  }

  /// Sends one request, and another that needs the answer to it.
  static Actor two(String name, Request first, Function<Heard, Request> second) {
    return new Actor(
        name, List.of(always(first), heard -> second.apply(heard.orElseThrow())), false, false);
  }

  private static Function<Optional<Heard>, Request> always(Request request) {
    return _ -> request;
  }

  Optional<Request> next(List<Heard> heard) {
    var answers = heard.stream().filter(each -> each.kind() != Heard.Kind.OUTAGE).toList();
    var last = answers.isEmpty() ? Optional.<Heard>empty() : Optional.of(answers.getLast());
    return last.filter(this::isFinal).isPresent() || answers.size() == requests.size()
        ? Optional.empty()
        : Optional.of(requests.get(answers.size()).apply(last));
  }

  private boolean isFinal(Heard heard) {
    return switch (heard.kind()) {
      case KEY -> isContent;
      case DECLINED ->
          !heard.is(Code.AUTHORIZATION_PENDING)
              && !heard.is(Code.SLOW_DOWN)
              && !heard.is(Code.CONFIRMATION_REQUIRED);
      case SCREEN, DONE, OUTAGE -> false;
    };
  }
}
