package dev.keyferry.client;

import java.time.Duration;
import java.util.Optional;

/// The time of the next poll, RFC 8628 §3.5. Whatever a server says, it is neither immediate nor in
/// the far future.
final class Pace {
  static final Duration DEFAULT = Duration.ofSeconds(5);

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofMinutes(5);
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  /// A server repeats a lost response for a minute.
  private static final Duration LONGEST_FIRST_BACKOFF = Duration.ofSeconds(30);

  private Duration interval;
  private int failures;
  private Duration asked = Duration.ZERO;

  Pace(Duration interval) {
    this.interval = clamp(interval);
  }

  /// The interval in a response. Empty if it is missing or invalid.
  static Optional<Duration> interval(Json answer) {
    try {
      return answer
          .optionalInteger("interval")
          .map(seconds -> Math.clamp(seconds, LEAST.toSeconds(), MOST.toSeconds()))
          .map(Duration::ofSeconds);
    } catch (LoginException _) {
      return Optional.empty();
    }
  }

  /// The pause before the next poll. It is a fifth longer than the interval, because clocks drift.
  /// A server with a slower clock would count a punctual poll as early and lengthen the interval.
  Duration pause() {
    var usual = interval.multipliedBy(6).dividedBy(5);
    return failures == 0 ? max(usual, asked) : max(backoff(usual), asked);
  }

  /// Doubles with each failure, RFC 8628 §3.5. The first pause stays within the time in which the
  /// server repeats a lost response, even if that poll is too early.
  private Duration backoff(Duration usual) {
    if (failures == 1) {
      return usual.compareTo(LONGEST_FIRST_BACKOFF) < 0 ? usual : LONGEST_FIRST_BACKOFF;
    }
    var doubled = usual.multipliedBy(1L << Math.min(failures - 1, 10));
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : max(usual, LONGEST_BACKOFF);
  }

  void answered() {
    failures = 0;
    asked = Duration.ZERO;
  }

  void failed(Optional<Duration> retryAfter) {
    failures++;
    asked = retryAfter.map(Pace::clamp).orElse(Duration.ZERO);
  }

  /// Adds five seconds to the interval, or as much as the server says.
  void slowDown(Optional<Duration> told, Optional<Duration> retryAfter) {
    interval = clamp(max(interval.plus(STEP), told.orElse(Duration.ZERO)));
    asked = retryAfter.map(Pace::clamp).orElse(Duration.ZERO);
  }

  private static Duration clamp(Duration pause) {
    return pause.compareTo(MOST) > 0 ? MOST : max(pause, LEAST);
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
