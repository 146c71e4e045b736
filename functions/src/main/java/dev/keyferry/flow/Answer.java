package dev.keyferry.flow;

/// What a step of the flow came to: its result, or a refusal. An outage is neither: it stays an
/// exception.
public sealed interface Answer<T> {
  /// The step was done.
  record Given<T>(T value) implements Answer<T> {}

  /// The protocol says no.
  record Declined<T>(OAuthError error) implements Answer<T> {}
}
