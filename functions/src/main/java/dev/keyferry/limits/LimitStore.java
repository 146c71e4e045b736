package dev.keyferry.limits;

/// Stored counts. An outage is an unchecked exception, and nothing proceeds uncounted.
public interface LimitStore {
  /// Counts one more attempt, if it is within the limit. Under contention, an attempt whose answer
  /// is lost may count twice, but it always counts at least once.
  ///
  /// @param attempt names what is counted, so that the store recognizes its own count
  boolean count(Limit.Window window, String attempt);

  /// Whether the window is full, by a strongly consistent read.
  boolean isFull(Limit.Window window);

  /// Counts one more attempt that may be released later, if it is within the limit. A repeated call
  /// with the same attempt counts once.
  boolean reserve(Limit.Window window, String attempt);

  /// Releases what this attempt reserved. This is best effort: an attempt that is not released
  /// stays counted.
  void release(Limit.Window window, String attempt);
}
