package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.RefreshToken;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/// Who takes part, where it begins, and what may go wrong.
///
/// @param faults how many calls may go wrong in one run
/// @param kinds how they may
/// @param reads how a key and its subject's standing are read
record Scenario(
    String name,
    Hasher hasher,
    Login login,
    World start,
    List<Actor> cast,
    int faults,
    Set<Fault> kinds,
    Reads reads) {

  @Override
  public String toString() {
    return reads == Reads.KEY_FIRST ? name : name + ", the standing read first";
  }

  Scenario reading(Reads other) {
    return new Scenario(name, hasher, login, start, cast, faults, kinds, other);
  }

  Scenario withFaults(int most) {
    return new Scenario(name, hasher, login, start, cast, most, kinds, reads);
  }

  /// What it is all about.
  ///
  /// @param grant where its row is
  /// @param poll how its device, or its client, asks for the key, with an `Idempotency-Key` or none
  /// @param hasOneWord whether `invalid_grant` is all that it hears in place of a key, RFC 6749
  /// §5.2
  /// @param names the `Idempotency-Key`s that it uses
  /// @param chain the refresh tokens of its key, from the first
  record Login(
      Locator grant,
      BiFunction<Flows, Optional<String>, Heard> poll,
      boolean hasOneWord,
      Set<String> names,
      List<RefreshToken> chain) {}
}
