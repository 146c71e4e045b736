package dev.keyferry.limits;

import java.time.Duration;
import java.time.Instant;

/// How often something may happen: so many times in each window. Windows follow each other without
/// overlap, so around the border between two it can happen twice as often. docs/decisions/0014.
///
/// @param most 0 is no limit
public record Limit(String name, int most, Duration window) {
  /// The window that is open at this time, for one subject or network.
  ///
  /// @param who a subject, or a network
  public Window at(String who, Instant now) {
    return new Window(this, who, Math.floorDiv(now.toEpochMilli(), window.toMillis()));
  }

  /// One row of counting.
  ///
  /// @param number of the windows since the epoch
  public record Window(Limit limit, String who, long number) {
    /// When the next one opens, and this one may be purged.
    public Instant end() {
      return Instant.ofEpochMilli((number + 1) * limit.window().toMillis());
    }
  }
}
