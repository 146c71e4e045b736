package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Standing;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// In which order a batch reads a key and its subject's standing.
///
/// DynamoDB reads each of them strongly, and gives no snapshot of both. What is seen so differs
/// from all that ever was only if both rows change in between, and then the one that is read first
/// is seen too early. Neither order shows what the other does: with the key first, one that was
/// revoked before its user was enabled again; with the standing first, one that was renewed after
/// its user had signed out. So both are tried.
enum Reads {
  KEY_FIRST,
  /// Whose key it is never changes, and is known from an earlier read.
  STANDING_FIRST;

  /// @param ask answers a call
  Optional<KeyAndStanding> holding(KeyId id, Function<Call, Object> ask) {
    return switch (this) {
      case KEY_FIRST ->
          key(id, ask)
              .map(key -> {
                var subject = key.terms().subject();
                return new KeyAndStanding(key, (Standing) ask.apply(call("findStanding", subject)));
              });
      case STANDING_FIRST ->
          ((Optional<?>) ask.apply(call("findWithStanding", id)))
              .map(KeyAndStanding.class::cast)
              .flatMap(seen -> key(id, ask).map(key -> new KeyAndStanding(key, seen.standing())));
    };
  }

  private static Optional<Key> key(KeyId id, Function<Call, Object> ask) {
    return ((Optional<?>) ask.apply(call("find", id))).map(Key.class::cast);
  }

  private static Call call(String name, Object argument) {
    try {
      var method = InMemoryKeyStore.class.getMethod(name, argument.getClass());
      return new Call.ToStore(method, List.of(argument), false);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /// What a request saw of both rows; the last counts.
  record Seen(Optional<Key> key, Optional<Standing> standing) {
    private static final Seen NOTHING = new Seen(Optional.empty(), Optional.empty());

    static Seen by(List<Answered> answers) {
      var seen = NOTHING;
      for (var answer : answers) {
        seen =
            switch (answer) {
              case Answered.With(Standing standing) -> new Seen(seen.key, Optional.of(standing));
              case Answered.With(Optional<?> found) -> seen.with(found);
              case Answered _ -> seen;
            };
      }
      return seen;
    }

    private Seen with(Optional<?> found) {
      return found
          .map(row ->
              switch (row) {
                case KeyAndStanding(var there, var standing) ->
                    new Seen(Optional.of(there), Optional.of(standing));
                case Key there -> new Seen(Optional.of(there), standing);
                default -> this;
              })
          .orElse(this);
    }

    /// Whether both rows were read, and the one says that what the other holds is over.
    boolean isBarred() {
      return key.isPresent()
          && standing.isPresent()
          && !Promises.stands(standing.get(), key.get().terms().approvedAt());
    }

    boolean isRevoked() {
      return key.flatMap(Key::revokedAt).isPresent();
    }
  }
}
