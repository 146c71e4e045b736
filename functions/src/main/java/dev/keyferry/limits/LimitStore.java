package dev.keyferry.limits;

/// Counts at rest. An outage is an unchecked exception, and nothing goes on uncounted.
public interface LimitStore {
  /// Counts one more, if that is still within the limit. Under contention one whose answer is lost
  /// may count twice, but never not at all.
  ///
  /// @param attempt names what is counted, so that it recognises its own count
  boolean count(Limit.Window window, String attempt);

  /// Whether there is no more room, by a strongly consistent read.
  boolean isFull(Limit.Window window);

  /// Counts one more that may be given back, if that is still within the limit. Repeated, it is the
  /// same one.
  boolean reserve(Limit.Window window, String attempt);

  /// Gives back what this attempt reserved. Best effort: what is not given back stays counted.
  void giveBack(Limit.Window window, String attempt);
}
