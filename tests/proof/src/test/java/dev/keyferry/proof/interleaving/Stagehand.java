package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.flow.Conditions;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Write;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/// Answers calls as the stores would in a given world, and tells the world that they leave behind.
final class Stagehand {
  record Effect(World after, Answered answer) {}

  private final InMemoryKeyStore keys;
  private final InMemoryGrantStore grants;
  private final InMemoryKeyStore lookingKeys;
  private final InMemoryGrantStore lookingGrants;
  private final Flows visitor;
  private Instant visitedAt = Instant.EPOCH;

  Stagehand(Conditions conditions, Hasher hasher) {
    keys = new InMemoryKeyStore(conditions);
    grants = new InMemoryGrantStore(keys);
    lookingKeys = new InMemoryKeyStore(conditions.onlyLooking());
    lookingGrants = new InMemoryGrantStore(lookingKeys);
    visitor = Flows.over(grants, keys, hasher, () -> visitedAt, _ -> {}, new SplittableRandom(77));
  }

  Effect answer(World world, Call call) {
    return switch (call) {
      case Call.ReadClock _ -> new Effect(world, new Answered.With(world.now()));
      case Call.Tick(var by) -> new Effect(world.at(world.now().plus(by)), new Answered.With(call));
      case Call.ToStore store when store.looking() -> look(world, store);
      case Call.ToStore store -> ask(world, store);
    };
  }

  /// What somebody would be told who came then, if nobody else did.
  <T> T visit(World world, Instant at, Function<Flows, T> visit) {
    load(world, keys, grants);
    visitedAt = at;
    return visit.apply(visitor);
  }

  /// What those who came left behind.
  World left(Instant at) {
    return new World(grants.rows(), keys.rows(), at);
  }

  private Effect ask(World world, Call.ToStore call) {
    load(world, keys, grants);
    var answer = new Answered.With(invoke(call, keys, grants));
    if (call.isRead()) {
      return new Effect(world, answer);
    }
    var after = new World(grants.rows(), keys.rows(), world.now());
    return new Effect(after.sameRows(world) ? world : after, answer);
  }

  private Effect look(World world, Call.ToStore call) {
    load(world, lookingKeys, lookingGrants);
    var value = invoke(call, lookingKeys, lookingGrants);
    return new Effect(world, isDone(value) ? new Answered.With(value) : new Answered.Outage());
  }

  /// Whether a write says that its work is done.
  static boolean isDone(Object value) {
    return value instanceof Write.Applied
        || value instanceof GrantStore.Polled.Pending
        || value instanceof GrantStore.Redeemed.Stored;
  }

  private static void load(World world, InMemoryKeyStore keys, InMemoryGrantStore grants) {
    keys.restore(world.rows());
    grants.restore(world.grants());
  }

  private static Object invoke(
      Call.ToStore call, InMemoryKeyStore keys, InMemoryGrantStore grants) {
    var store = call.method().getDeclaringClass().isInstance(grants) ? grants : keys;
    try {
      return Optional.ofNullable(call.method().invoke(store, call.arguments().toArray()))
          .orElse(call);
    } catch (InvocationTargetException | IllegalAccessException e) {
      throw new IllegalStateException(call.toString(), e);
    }
  }
}
