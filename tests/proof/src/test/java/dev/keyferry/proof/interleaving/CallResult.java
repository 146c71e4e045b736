package dev.keyferry.proof.interleaving;

import java.util.Optional;

/// The result of a [Call].
sealed interface CallResult {
  /// A normal result. A call that returns nothing has itself as its result.
  record With(Object value) implements CallResult {
    @Override
    public String toString() {
      return TraceFormat.of(value);
    }
  }

  /// An outage: there will be no result.
  record Outage() implements CallResult {
    @Override
    public String toString() {
      return "an outage";
    }
  }

  /// The response is lost, and the caller reads whether its write took effect.
  ///
  /// @param done the world after the call, if the call did its work
  record Lost(Optional<World> done) implements CallResult {
    @Override
    public String toString() {
      return "nothing";
    }
  }

  /// The response is lost, and the caller sends the call again.
  record Again(Optional<World> done) implements CallResult {
    @Override
    public String toString() {
      return "no response, and sends it again";
    }
  }
}
