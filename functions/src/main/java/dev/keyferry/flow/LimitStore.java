package dev.keyferry.flow;

import java.util.List;

/// Counts at rest. An outage is an unchecked exception, and nothing goes on uncounted.
public interface LimitStore {
  /// Counts one more, if that is still within the limit. Under contention one whose answer is lost
  /// may count twice, but never not at all.
  ///
  /// @param attempt names what is counted, so that it recognises its own count
  boolean count(Limit.Window window, String attempt);

  /// Whether any of them has no more room, by a strongly consistent read.
  boolean anyFull(List<Limit.Window> windows);
}
