package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.MatchingNumber;
import java.time.Instant;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// A request of an actor to the server.
///
/// @param asks the facts about it that the promises depend on
/// @param run handles it and returns the response
record Request(String description, Asks asks, Function<Flows, Response> run) {
  sealed interface Asks {
    /// A device's poll, or the redemption of an authorization code.
    ///
    /// @param name equal for requests with the same `Idempotency-Key`; an empty one is unique
    record Key(String name) implements Asks {}

    /// @param token the presented refresh token
    /// @param generation of the token
    record Refresh(String token, int generation, String name) implements Asks {}

    /// A device's poll with a number that it was not given.
    record Guess(MatchingNumber number) implements Asks {}

    /// A use of the key.
    ///
    /// @param token the presented access token
    record Entry(String token) implements Asks {}

    /// A request that must neither get nor change anything.
    ///
    /// @param response the only response, whatever the state of the login
    record Stranger(Response response) implements Asks {}

    /// A request whose only response is that the change is done.
    ///
    /// @param isDone whether the rows show the change, for a request that began at that time
    /// @param lasts whether nothing can undo it
    record Change(BiPredicate<World, Instant> isDone, boolean lasts) implements Asks {}

    /// A user's decision, or a request without other facts.
    ///
    /// @param refusals the permitted refusals
    record Anything(Set<Response> refusals) implements Asks {}
  }

  static Request of(String description, Function<Flows, Response> run, Response... refusals) {
    return new Request(description, new Asks.Anything(Set.of(refusals)), run);
  }
}
