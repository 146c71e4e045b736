package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Standing;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The order in which a batch reads a key and its subject's standing.
///
/// DynamoDB reads each row strongly, but gives no snapshot of both. The result can differ from
/// every real state only if both rows change in between. Then the row that is read first is
/// outdated. The two orders have different effects. With the key first, a key appears valid that
/// was revoked before its user was enabled again. With the standing first, a key appears valid that
/// was renewed after its user signed out. So both orders are explored.
enum Reads {
  KEY_FIRST,
  /// A key's subject never changes, and is known from an earlier read.
  STANDING_FIRST;

  /// @param ask sends a call
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

  /// What a request saw of both rows. The last read counts.
  record Seen(Optional<Key> key, Optional<Standing> standing) {
    private static final Seen NOTHING = new Seen(Optional.empty(), Optional.empty());

    static Seen by(List<CallResult> answers) {
      var seen = NOTHING;
      for (var answer : answers) {
        seen =
            switch (answer) {
              case CallResult.With(Standing standing) -> new Seen(seen.key, Optional.of(standing));
              case CallResult.With(Optional<?> found) -> seen.with(found);
              case CallResult _ -> seen;
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

    /// Whether both rows were read and one of them ends the access that the other gives.
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
