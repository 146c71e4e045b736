package dev.keyferry.proof.interleaving;

import java.util.Optional;

/// What comes back for a [Call].
sealed interface Answered {
  /// The answer. A call that returns nothing is answered with itself.
  record With(Object value) implements Answered {
    @Override
    public String toString() {
      return Words.of(value);
    }
  }

  /// No answer will come: an outage.
  record Outage() implements Answered {
    @Override
    public String toString() {
      return "an outage";
    }
  }

  /// The answer was lost, and the call looks what became of it.
  ///
  /// @param done the world that the call left behind, if it did its work
  record Lost(Optional<World> done) implements Answered {
    @Override
    public String toString() {
      return "nothing";
    }
  }

  /// The answer was lost, and the call is made once more.
  record Again(Optional<World> done) implements Answered {
    @Override
    public String toString() {
      return "nothing, and tries again";
    }
  }
}
