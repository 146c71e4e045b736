package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.MatchingNumber;
import java.time.Instant;
import java.util.Set;
import java.util.function.BiPredicate;
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

    /// The device polls, with a number that it was not told.
    record Guess(MatchingNumber number) implements Asks {}

    /// Somebody lets itself in.
    ///
    /// @param generation of the access token that is shown
    record Entry(int generation) implements Asks {}

    /// Somebody who must not get anything nor change anything.
    ///
    /// @param told one word, whatever became of the login
    record Stranger(Heard told) implements Asks {}

    /// Somebody who is told that it is done, and nothing else.
    ///
    /// @param isDone whether the rows show it, for a request that began at that time
    /// @param lasts whether nobody can undo it
    record Change(BiPredicate<World, Instant> isDone, boolean lasts) implements Asks {}

    /// A user decides, or somebody else of whom there is nothing more to know.
    ///
    /// @param refusals the words that a refusal may have
    record Anything(Set<Heard> refusals) implements Asks {}
  }

  static Request of(String words, Function<Flows, Heard> run, Heard... refusals) {
    return new Request(words, new Asks.Anything(Set.of(refusals)), run);
  }
}
