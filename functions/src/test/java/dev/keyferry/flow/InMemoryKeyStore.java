package dev.keyferry.flow;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Keys and the standing of subjects in memory; its monitor also guards the grants, so that a
/// redemption is one step.
public final class InMemoryKeyStore implements KeyStore {
  private final Map<KeyId, Key> keys = new HashMap<>();
  private final Map<Subject, Standing> standings = new HashMap<>();

  public synchronized Optional<Key> find(KeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public synchronized Optional<Holding> findWithStanding(KeyId id) {
    return find(id).map(key -> new Holding(key, standing(key.subject())));
  }

  @Override
  public synchronized void markUsed(KeyId id, Instant hour) {
    keys.computeIfPresent(
        id,
        (_, key) ->
            key.lastUsedAt().map(hour::isAfter).orElse(true)
                ? row(key, key.revokedAt(), Optional.of(hour))
                : key);
  }

  public synchronized void disable(Subject subject) {
    standings.put(subject, new Standing(true, standing(subject).signedOutAt()));
  }

  public synchronized void signOut(Subject subject, Instant at) {
    standings.put(subject, new Standing(standing(subject).disabled(), Optional.of(at)));
  }

  public synchronized void revoke(KeyId id, Instant at) {
    forge(id, key -> row(key, Optional.of(at), key.lastUsedAt()));
  }

  /// Writes a row as someone with access to the table could.
  public synchronized void forge(KeyId id, UnaryOperator<Key> edit) {
    keys.computeIfPresent(id, (_, key) -> edit.apply(key));
  }

  synchronized boolean putIfAbsent(Key key) {
    return keys.putIfAbsent(key.id(), key) == null;
  }

  synchronized Standing standing(Subject subject) {
    return standings.getOrDefault(subject, Standing.GOOD);
  }

  private static Key row(Key key, Optional<Instant> revokedAt, Optional<Instant> lastUsedAt) {
    return new Key(
        key.id(),
        key.hash(),
        key.seal(),
        key.clientId(),
        key.subject(),
        key.scope(),
        key.name(),
        key.origin(),
        key.createdAt(),
        key.expiresAt(),
        revokedAt,
        lastUsedAt);
  }
}
