package dev.keyferry.limits;

import java.time.Duration;
import java.time.Instant;

/// How often something may happen in each window of time. Windows follow each other without
/// overlap, so twice as many events can happen around the border between two windows.
/// docs/decisions/0014.
///
/// @param most the most events in one window; 0 means no limit
public record Limit(String name, int most, Duration window) {
  /// The window that is open at this time, for one subject or network.
  ///
  /// @param subjectOrNetwork the one that is counted
  public Window at(String subjectOrNetwork, Instant now) {
    return new Window(this, subjectOrNetwork, Math.floorDiv(now.toEpochMilli(), window.toMillis()));
  }

  /// A window of the limit for one subject or network. A store keeps one row for it.
  ///
  /// @param number the number of the window since the epoch
  public record Window(Limit limit, String subjectOrNetwork, long number) {
    /// When the next window opens. From then on, this one may be purged.
    public Instant end() {
      return Instant.ofEpochMilli((number + 1) * limit.window().toMillis());
    }
  }
}
