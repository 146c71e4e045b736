package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.RefreshToken;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/// A model to explore: its actors, its initial state, and its faults.
///
/// @param faults the maximum number of faults in one run
/// @param kinds the possible faults
/// @param reads how a key and its subject's standing are read
record Scenario(
    String name,
    Hasher hasher,
    Login login,
    World start,
    List<Actor> actors,
    int faults,
    Set<Fault> kinds,
    Reads reads) {

  @Override
  public String toString() {
    return reads == Reads.KEY_FIRST ? name : name + ", the standing read first";
  }

  Scenario reading(Reads other) {
    return new Scenario(name, hasher, login, start, actors, faults, kinds, other);
  }

  Scenario withFaults(int most) {
    return new Scenario(name, hasher, login, start, actors, most, kinds, reads);
  }

  /// The login of a scenario.
  ///
  /// @param grant the locator of its row
  /// @param poll the request by which its device or client asks for the key, with an
  ///     `Idempotency-Key` or none
  /// @param hasOneWord whether `invalid_grant` is its only error, RFC 6749 §5.2
  /// @param names the `Idempotency-Key`s that it uses
  /// @param chain the refresh tokens of its key, from the first
  record Login(
      Locator grant,
      BiFunction<Flows, Optional<String>, Response> poll,
      boolean hasOneWord,
      Set<String> names,
      List<RefreshToken> chain) {}
}
