package dev.keyferry.flow;

import dev.keyferry.flow.Key.Generation;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Keys and the standing of subjects in memory; its monitor also guards the grants, so that a
/// redemption is one step.
public final class InMemoryKeyStore implements KeyStore {
  private final Map<KeyId, Key> keys = new HashMap<>();
  private final Map<Subject, Standing> standings = new HashMap<>();
  private final Map<Subject, String> disabledBy = new HashMap<>();

  public synchronized Optional<Key> find(KeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public synchronized Optional<Holding> findWithStanding(KeyId id) {
    return find(id).map(key -> new Holding(key, findStanding(key.terms().subject())));
  }

  @Override
  public synchronized Standing findStanding(Subject subject) {
    return standings.getOrDefault(subject, Standing.GOOD);
  }

  @Override
  public synchronized Listing list(Subject subject, Predicate<Key> wanted, int most) {
    var all =
        keys.values().stream()
            .filter(key -> key.terms().subject().equals(subject))
            .sorted(Comparator.comparing((Key key) -> key.terms().createdAt()).reversed())
            .toList();
    var seen = all.stream().limit((long) LISTING_PAGES * most).filter(wanted).toList();
    return new Listing(
        seen.stream().limit(most).toList(),
        seen.size() > most || all.size() > LISTING_PAGES * most,
        0);
  }

  @Override
  public synchronized Write<Key> renew(KeyId id, String clientId, Generation next) {
    var previous = next.previous().orElseThrow();
    return update(
        id,
        key ->
            key.generation().refresh().equals(previous.refresh())
                && key.generation().seal().equals(previous.seal())
                && key.terms().clientId().equals(clientId)
                && key.revokedAt().isEmpty()
                && key.isRenewable(next.issuedAt()),
        key -> key.generation().attempt().equals(next.attempt()),
        key -> Samples.withGeneration(key, next));
  }

  @Override
  public synchronized Write<Key> revoke(KeyId id, Revoker revoker, Instant now) {
    return update(
        id,
        revoker::mayRevoke,
        _ -> false,
        key -> row(key, key.revokedAt().or(() -> Optional.of(now)), key.lastUsedAt()));
  }

  private Write<Key> update(
      KeyId id, Predicate<Key> condition, Predicate<Key> mine, UnaryOperator<Key> set) {
    var found = find(id);
    if (found.filter(condition).isPresent()) {
      var after = set.apply(found.get());
      keys.put(id, after);
      return new Write.Applied<>(after);
    }
    return found
        .filter(mine)
        .<Write<Key>>map(Write.Applied::new)
        .orElse(new Write.Refused<>(found));
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

  @Override
  public synchronized boolean setDisabled(
      Subject subject, boolean disabled, Instant now, String attempt) {
    var before = findStanding(subject);
    if (before.disabled() == disabled) {
      return attempt.equals(disabledBy.get(subject));
    }
    standings.put(subject, new Standing(disabled, before.signedOutAt()));
    disabledBy.put(subject, attempt);
    return true;
  }

  @Override
  public synchronized void signOut(Subject subject, Instant now) {
    var before = findStanding(subject);
    var at = before.signedOutAt().filter(now::isBefore).orElse(now);
    standings.put(subject, new Standing(before.disabled(), Optional.of(at)));
  }

  /// Writes a row as someone with access to the table could.
  public synchronized void forge(KeyId id, UnaryOperator<Key> edit) {
    keys.computeIfPresent(id, (_, key) -> edit.apply(key));
  }

  synchronized boolean putIfAbsent(Key key) {
    return keys.putIfAbsent(key.id(), key) == null;
  }

  private static Key row(Key key, Optional<Instant> revokedAt, Optional<Instant> lastUsedAt) {
    return new Key(key.id(), key.terms(), key.seal(), key.generation(), revokedAt, lastUsedAt);
  }
}
