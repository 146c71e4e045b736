package dev.keyferry.flow;

import java.util.Optional;

/// The outcome of a conditional write.
///
/// @param <T> what the row holds
public sealed interface Write<T> {
  /// The write succeeded. This is the row after it.
  record Applied<T>(T row) implements Write<T> {}

  /// The condition did not hold. This is the row that was found, if any.
  record Refused<T>(Optional<T> found) implements Write<T> {}
}
