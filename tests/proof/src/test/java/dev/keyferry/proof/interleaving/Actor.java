package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A sequential process that sends requests and repeats a request that gets an outage.
///
/// @param requests each may depend on the response to the previous one
/// @param isClock whether this actor is the clock
/// @param isContent whether it stops once it has a key
record Actor(
    String name,
    List<Function<Optional<Response>, Request>> requests,
    boolean isClock,
    boolean isContent) {
  static Actor of(String name, Request... requests) {
    return new Actor(name, Arrays.stream(requests).map(Actor::always).toList(), false, true);
  }

  /// Advances the clock by these steps.
  static Actor clock(Duration... steps) {
    return new Actor(
        "the clock",
        Arrays.stream(steps).map(Requests::wait).map(Actor::always).toList(),
        true,
        true);
  }

  /// Sends the same request this many times, or until a final response.
  static Actor often(String name, int times, Request request) {
    return new Actor(name, Collections.nCopies(times, always(request)), false, true);
  }

  /// Sends one request, and then another that needs the first one's response.
  static Actor two(String name, Request first, Function<Response, Request> second) {
    return new Actor(
        name,
        List.of(always(first), responses -> second.apply(responses.orElseThrow())),
        false,
        false);
  }

  /// An operator who disables a user and enables the user again, or only enables the user.
  static Actor operator(String name, Subject subject, boolean disables) {
    List<Function<Optional<Response>, Request>> enabling =
        List.of(
            _ -> Requests.beginEnabling(subject),
            begun -> Requests.finishEnabling(subject, begun.orElseThrow()));
    var requests = new ArrayList<Function<Optional<Response>, Request>>();
    if (disables) {
      requests.add(always(Requests.disable(subject)));
    }
    requests.addAll(enabling);
    return new Actor(name, List.copyOf(requests), false, false);
  }

  private static Function<Optional<Response>, Request> always(Request request) {
    return _ -> request;
  }

  Optional<Request> next(List<Response> responses) {
    var answers = responses.stream().filter(each -> each.kind() != Response.Kind.OUTAGE).toList();
    var last = answers.isEmpty() ? Optional.<Response>empty() : Optional.of(answers.getLast());
    return last.filter(this::isFinal).isPresent() || answers.size() == requests.size()
        ? Optional.empty()
        : Optional.of(requests.get(answers.size()).apply(last));
  }

  private boolean isFinal(Response responses) {
    return switch (responses.kind()) {
      case KEY -> isContent;
      case DECLINED ->
          !responses.is(Code.AUTHORIZATION_PENDING)
              && !responses.is(Code.SLOW_DOWN)
              && !responses.is(Code.CONFIRMATION_REQUIRED);
      case SCREEN, DONE, OUTAGE -> false;
    };
  }
}
