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

/// A model of the stores: it executes calls in a given world, and returns the result and the new
/// world.
final class StoreModel {
  record Effect(World after, CallResult answer) {}

  private final InMemoryKeyStore keys;
  private final InMemoryGrantStore grants;
  private final InMemoryKeyStore resolvingKeys;
  private final InMemoryGrantStore resolvingGrants;
  private final Flows visitor;
  private Instant visitedAt = Instant.EPOCH;

  StoreModel(Conditions conditions, Hasher hasher) {
    keys = new InMemoryKeyStore(conditions);
    grants = new InMemoryGrantStore(keys);
    resolvingKeys = new InMemoryKeyStore(conditions.onlyResolving());
    resolvingGrants = new InMemoryGrantStore(resolvingKeys);
    visitor = Flows.over(grants, keys, hasher, () -> visitedAt, _ -> {}, new SplittableRandom(77));
  }

  Effect answer(World world, Call call) {
    return switch (call) {
      case Call.ReadClock _ -> new Effect(world, new CallResult.With(world.now()));
      case Call.Tick(var by) ->
          new Effect(world.at(world.now().plus(by)), new CallResult.With(call));
      case Call.ToStore store when store.resolving() -> resolve(world, store);
      case Call.ToStore store -> ask(world, store);
    };
  }

  /// The result of a visit at this time, with no other request in progress.
  <T> T visit(World world, Instant at, Function<Flows, T> visit) {
    load(world, keys, grants);
    visitedAt = at;
    return visit.apply(visitor);
  }

  /// The world after the visit.
  World worldAfter(Instant at) {
    return DeviceLogin.EMPTY.with(grants.rows(), keys.rows()).at(at);
  }

  private Effect ask(World world, Call.ToStore call) {
    load(world, keys, grants);
    var answer = new CallResult.With(invoke(call, keys, grants));
    if (call.isRead()) {
      return new Effect(world, answer);
    }
    var after = world.with(grants.rows(), keys.rows());
    return new Effect(after.sameRows(world) ? world : after, answer);
  }

  private Effect resolve(World world, Call.ToStore call) {
    load(world, resolvingKeys, resolvingGrants);
    var value = invoke(call, resolvingKeys, resolvingGrants);
    return new Effect(world, isDone(value) ? new CallResult.With(value) : new CallResult.Outage());
  }

  /// Whether the result of a write says that it took effect.
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
