package dev.keyferry.flow.interleaving;

import java.util.function.Function;

/// One request to the server, by someone.
///
/// @param asks what the promises must know of it
/// @param run handles it and tells what is answered
record Request(String words, Asks asks, Function<Flows, Heard> run) {
  sealed interface Asks {
    /// The device polls, or a browser's client redeems its code.
    ///
    /// @param name whoever sends the same `Idempotency-Key`; who sends none is alone
    record Key(String name) implements Asks {}

    /// @param generation of the refresh token that is shown
    record Refresh(int generation, String name) implements Asks {}

    /// Somebody who must not get anything nor change anything.
    record Stranger() implements Asks {}

    /// The user of this name decides, or somebody else of whom there is nothing to know.
    record Anything() implements Asks {}
  }

  static Request of(String words, Function<Flows, Heard> run) {
    return new Request(words, new Asks.Anything(), run);
  }
}
