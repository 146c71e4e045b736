package dev.keyferry.flow;

/// The outcome of a step of the flow: its result or a refusal. An outage is neither. It stays an
/// exception.
public sealed interface Answer<T> {
  /// The step succeeded.
  record Given<T>(T value) implements Answer<T> {}

  /// The protocol refuses the step.
  record Declined<T>(OAuthError error) implements Answer<T> {}
}
