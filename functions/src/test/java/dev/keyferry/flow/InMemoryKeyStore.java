package dev.keyferry.flow;

import static dev.keyferry.flow.Condition.*;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Key.Generation;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A store in memory of keys and of subjects' standing. Its monitor also guards the grants, so that
/// a redemption is atomic.
public final class InMemoryKeyStore implements KeyStore {
  private final Map<KeyId, Key> keys = new HashMap<>();
  private final Map<Subject, Standing> standings = new HashMap<>();
  private final Map<Subject, String> disabledBy = new HashMap<>();
  private final Map<Subject, Instant> enabledAt = new HashMap<>();
  private final Set<KeyId> spoilt = new HashSet<>();
  private final Conditions conditions;

  public InMemoryKeyStore() {
    this(Conditions.ALL);
  }

  public InMemoryKeyStore(Conditions conditions) {
    this.conditions = conditions;
  }

  Conditions conditions() {
    return conditions;
  }

  /// All rows, which can be restored later.
  public record Rows(
      Map<KeyId, Key> keys,
      Map<Subject, Standing> standings,
      Map<Subject, String> disabledBy,
      Map<Subject, Instant> enabledAt) {
    public static final Rows NONE = new Rows(Map.of(), Map.of(), Map.of(), Map.of());
  }

  public synchronized Rows rows() {
    return new Rows(
        Map.copyOf(keys), Map.copyOf(standings), Map.copyOf(disabledBy), Map.copyOf(enabledAt));
  }

  public synchronized void restore(Rows rows) {
    keys.clear();
    keys.putAll(rows.keys());
    standings.clear();
    standings.putAll(rows.standings());
    disabledBy.clear();
    disabledBy.putAll(rows.disabledBy());
    enabledAt.clear();
    enabledAt.putAll(rows.enabledAt());
  }

  public synchronized Optional<Key> find(KeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public synchronized Optional<KeyAndStanding> findWithStanding(KeyId id) {
    return find(id).map(key -> new KeyAndStanding(key, findStanding(key.terms().subject())));
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
    var seen =
        all.stream()
            .limit((long) LISTING_PAGES * most)
            .filter(key -> !spoilt.contains(key.id()))
            .filter(wanted)
            .toList();
    return new Listing(
        seen.stream().limit(most).toList(),
        seen.size() > most || all.size() > LISTING_PAGES * most,
        (int) all.stream().map(Key::id).filter(spoilt::contains).count());
  }

  @Override
  public synchronized Write<Key> renew(
      KeyId id, String clientId, Generation seen, Generation next) {
    return update(
        id,
        key ->
            mayRenew(key, clientId, seen, next)
                && conditions.hold(
                    RENEW_UNCONFIRMED,
                    next.number() > seen.number() || !key.generation().issue().confirmed())
                && conditions.hold(
                    RENEW_REFRESH_HASH, key.generation().refresh().equals(seen.refresh()))
                && conditions.hold(RENEW_SEAL, key.generation().seal().equals(seen.seal())),
        OWN_RENEW,
        key -> key.generation().attempt().equals(next.attempt()),
        key -> Samples.withGeneration(key, next));
  }

  private boolean mayRenew(Key key, String clientId, Generation seen, Generation next) {
    var now = next.issuedAt();
    var idleSince = now.minus(Key.LONGEST_IDLE);
    var since =
        next.number() == seen.number()
            ? key.generation().previous().map(Key.Previous::issuedAt).orElse(Instant.MIN)
            : key.generation().issuedAt();
    return conditions.hold(RENEW_CLIENT, key.terms().clientId().equals(clientId))
        && conditions.hold(RENEW_UNREVOKED, key.revokedAt().isEmpty())
        && conditions.hold(RENEW_OFFLINE, key.terms().renewable())
        && conditions.hold(RENEW_LINKED, key.terms().linkedUntil().isAfter(now))
        && conditions.hold(RENEW_NOT_IDLE, since.isAfter(idleSince));
  }

  @Override
  public synchronized Write<Key> revoke(KeyId id, Revoker revoker, Instant now) {
    return update(
        id,
        key -> mayRevoke(revoker, key),
        OWN_REVOKE,
        key -> key.revokedAt().isPresent() && mayRevoke(revoker, key),
        key ->
            conditions.hold(REVOKE_FIRST, key.revokedAt().isEmpty())
                ? row(key, Optional.of(now), key.lastUsedAt())
                : key);
  }

  private boolean mayRevoke(Revoker revoker, Key key) {
    return switch (revoker) {
      case Revoker.Owner _ -> conditions.hold(REVOKE_OWNER, revoker.mayRevoke(key));
      case Revoker.Holder(var client, var token) ->
          conditions.hold(REVOKE_CLIENT, key.terms().clientId().equals(client))
              && conditions.hold(REVOKE_TOKEN, key.tokenHashes().anyMatch(token::equals));
      case Revoker.Server _ -> true;
    };
  }

  private Write<Key> update(
      KeyId id,
      Predicate<Key> condition,
      Condition mark,
      Predicate<Key> mine,
      UnaryOperator<Key> set) {
    var found = find(id);
    if (conditions.mayWrite() && found.filter(condition).isPresent()) {
      var after = set.apply(found.get());
      keys.put(id, after);
      return new Write.Applied<>(after);
    }
    return found
        .filter(key -> conditions.isOwn(mark, mine.test(key)))
        .<Write<Key>>map(Write.Applied::new)
        .orElse(new Write.Refused<>(found));
  }

  @Override
  public synchronized void markUsed(KeyId id, Instant hour) {
    keys.computeIfPresent(
        id,
        (_, key) ->
            conditions.hold(MARK_USED_LATER, key.lastUsedAt().map(hour::isAfter).orElse(true))
                ? row(key, key.revokedAt(), Optional.of(hour))
                : key);
  }

  @Override
  public synchronized boolean confirm(KeyId id, Generation confirmed, Instant hour) {
    keys.computeIfPresent(
        id,
        (_, key) ->
            conditions.hold(CONFIRM_GENERATION, key.generation().seal().equals(confirmed.seal()))
                    && conditions.hold(
                        CONFIRM_LATER, key.lastUsedAt().map(at -> !at.isAfter(hour)).orElse(true))
                ? row(Samples.withGeneration(key, confirmed), key.revokedAt(), Optional.of(hour))
                : key);
    return true;
  }

  @Override
  public synchronized Disablement findDisablement(Subject subject) {
    return new Disablement(
        findStanding(subject).disabled(),
        Optional.ofNullable(enabledAt.get(subject)),
        Optional.ofNullable(disabledBy.get(subject)));
  }

  @Override
  public synchronized Write<Disablement> toggleDisabled(
      Subject subject, Disablement seen, Instant now, String attempt) {
    var found = findDisablement(subject);
    if (conditions.mayWrite() && conditions.hold(REVERSE_UNCHANGED, found.by().equals(seen.by()))) {
      standings.put(subject, new Standing(!seen.disabled(), findStanding(subject).signedOutAt()));
      disabledBy.put(subject, attempt);
      if (seen.disabled()) {
        enabledAt.put(subject, Disablement.ENABLING);
      }
      return new Write.Applied<>(findDisablement(subject));
    }
    return conditions.isOwn(OWN_REVERSE, found.by().equals(Optional.of(attempt)))
        ? new Write.Applied<>(found)
        : new Write.Refused<>(
            standings.containsKey(subject) ? Optional.of(found) : Optional.empty());
  }

  @Override
  public synchronized Write<Disablement> finishEnabling(
      Subject subject, String attempt, Instant now) {
    var found = findDisablement(subject);
    if (conditions.mayWrite()
        && conditions.hold(FINISH_UNCHANGED, found.by().equals(Optional.of(attempt)))
        && conditions.hold(
            FINISH_ONCE, found.enabledAt().equals(Optional.of(Disablement.ENABLING)))) {
      enabledAt.put(subject, now);
      return new Write.Applied<>(findDisablement(subject));
    }
    return conditions.isOwn(OWN_FINISH, found.isEnabledBy(attempt))
        ? new Write.Applied<>(found)
        : new Write.Refused<>(
            standings.containsKey(subject) ? Optional.of(found) : Optional.empty());
  }

  @Override
  public synchronized void signOut(Subject subject, Instant now) {
    var before = findStanding(subject);
    var later = before.signedOutAt().map(now::isAfter).orElse(true);
    if (conditions.hold(SIGN_OUT_LATER, later)) {
      standings.put(subject, new Standing(before.disabled(), Optional.of(now)));
    }
  }

  /// Edits a row as someone with access to the table could.
  public synchronized void forge(KeyId id, UnaryOperator<Key> edit) {
    keys.computeIfPresent(id, (_, key) -> edit.apply(key));
  }

  /// Makes a row unreadable for a listing, as someone with access to the table could.
  synchronized void spoil(KeyId id) {
    spoilt.add(id);
  }

  synchronized boolean putIfAbsent(Key key) {
    return keys.putIfAbsent(key.id(), key) == null;
  }

  synchronized void put(Key key) {
    keys.put(key.id(), key);
  }

  private static Key row(Key key, Optional<Instant> revokedAt, Optional<Instant> lastUsedAt) {
    return new Key(key.id(), key.terms(), key.seal(), key.generation(), revokedAt, lastUsedAt);
  }
}
