package dev.keyferry.flow;

import java.util.Optional;

/// What a conditional write came to.
///
/// @param <T> what the row holds
public sealed interface Write<T> {
  /// The write was done; this is the row after it.
  record Applied<T>(T row) implements Write<T> {}

  /// The condition did not hold for what was found there, if anything was.
  record Refused<T>(Optional<T> found) implements Write<T> {}
}
