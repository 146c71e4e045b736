package dev.keyferry.flow;

import static dev.keyferry.flow.Condition.*;

import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A grant store in memory, with the same conditions as in DynamoDB.
public final class InMemoryGrantStore implements GrantStore {
  private final Map<Locator, Grant> grants = new HashMap<>();
  private final InMemoryKeyStore keys;
  private final Conditions conditions;
  private int updates;

  /// Checks the same conditions as the key store.
  public InMemoryGrantStore(InMemoryKeyStore keys) {
    this.keys = keys;
    conditions = keys.conditions();
  }

  /// All rows, which can be restored later.
  public Map<Locator, Grant> rows() {
    synchronized (keys) {
      return Map.copyOf(grants);
    }
  }

  public void restore(Map<Locator, Grant> rows) {
    synchronized (keys) {
      grants.clear();
      grants.putAll(rows);
    }
  }

  @Override
  public Write<Grant> create(Grant grant, Instant now) {
    synchronized (keys) {
      var found = find(grant.locator());
      var free = found.isEmpty() || found.get().isPurgeable(now);
      if (conditions.mayWrite() && conditions.hold(CREATE_FREE, free)) {
        grants.put(grant.locator(), grant);
        return new Write.Applied<>(grant);
      }
      return found
          .filter(there -> conditions.isOwn(OWN_CREATE, there.wasCreatedAs(grant)))
          .<Write<Grant>>map(Write.Applied::new)
          .orElse(new Write.Refused<>(found));
    }
  }

  @Override
  public Polled poll(Locator locator, Proof proof, String attempt, Instant now) {
    return switch (write(locator, proof, attempt, now)) {
      case Write.Applied<Grant> _ -> new Polled.Pending();
      case Write.Refused(var found) -> new Polled.NotPending(found);
    };
  }

  private Write<Grant> write(Locator locator, Proof proof, String attempt, Instant now) {
    return update(
        locator,
        grant ->
            fits(POLL_CLIENT, POLL_CHALLENGE, POLL_SECRET, proof, grant)
                && conditions.hold(POLL_PENDING, isPending(grant))
                && conditions.hold(POLL_UNEXPIRED, !grant.isExpired(now))
                && conditions.hold(POLL_DUE, !grant.pace().isEarly(now)),
        OWN_POLL,
        grant -> grant.pace().lastPoll().equals(Optional.of(attempt)),
        grant -> {
          var pace = grant.pace();
          return at(
              grant,
              new Pace(
                  pace.interval(),
                  now.plus(pace.interval()),
                  Optional.of(attempt),
                  pace.slowedAt()));
        });
  }

  @Override
  public Write<Grant> slowDown(Grant seen, Duration interval) {
    var window = seen.pace().nextPollAt();
    return update(
        seen.locator(),
        grant ->
            conditions.hold(SLOW_DOWN_PENDING, isPending(grant))
                && conditions.hold(SLOW_DOWN_WINDOW, grant.pace().nextPollAt().equals(window))
                && conditions.hold(
                    SLOW_DOWN_ONCE, !grant.pace().slowedAt().equals(Optional.of(window))),
        OWN_SLOW_DOWN,
        grant -> grant.pace().slowedAt().equals(Optional.of(window)),
        grant ->
            at(
                grant,
                new Pace(
                    interval,
                    grant.pace().nextPollAt(),
                    grant.pace().lastPoll(),
                    Optional.of(window))));
  }

  @Override
  public Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now) {
    return update(
        locator,
        grant ->
            conditions.hold(CLAIM_PENDING, isPending(grant))
                && conditions.hold(CLAIM_UNEXPIRED, !grant.isExpired(now)),
        OWN_CLAIM,
        grant -> grant.state().equals(new Claimed(claim)),
        grant -> in(grant, new Claimed(claim)));
  }

  @Override
  public Write<Grant> approve(
      Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now) {
    return update(
        locator,
        grant ->
            conditions.hold(APPROVE_PENDING, isPending(grant))
                && conditions.hold(
                    APPROVE_CLAIMANT, isClaimed(grant, by -> by.subject().equals(claim.subject())))
                && conditions.hold(
                    APPROVE_NONCE, isClaimed(grant, by -> by.nonce().equals(claim.nonce())))
                && conditions.hold(APPROVE_UNEXPIRED, !grant.isExpired(now))
                && conditions.hold(
                    APPROVE_SCOPE, scopeOf(approval.consent()).within(grant.request()))
                && conditions.hold(
                    APPROVE_LIFETIME, lifetimeOf(approval.consent()).within(grant.request())),
        OWN_APPROVE,
        grant -> grant.isApprovedWith(claim, approval.consent()),
        grant -> in(grant, new Approved(claim, approval)));
  }

  @Override
  public Write<Grant> countWrong(Locator locator, Proof proof, MatchingNumber wrong, Instant now) {
    return update(
        locator,
        grant ->
            fits(COUNT_CLIENT, COUNT_CHALLENGE, COUNT_SECRET, proof, grant)
                && conditions.hold(COUNT_APPROVED, isApproved(grant))
                && conditions.hold(COUNT_UNEXPIRED, !grant.isExpired(now))
                && conditions.hold(COUNT_FEW_WRONG, !isOutOfTries(grant)),
        OWN_COUNT,
        grant -> grant.hasCounted(wrong),
        grant -> counted(grant, wrong));
  }

  @Override
  public Write<Grant> deny(Locator locator, Subject subject, Instant now) {
    return update(
        locator,
        grant ->
            conditions.hold(DENY_OPEN, isPending(grant) || grant.state() instanceof Approved)
                && conditions.hold(DENY_UNEXPIRED, !grant.isExpired(now))
                && conditions.hold(
                    DENY_CLAIMANT, isClaimed(grant, by -> by.subject().equals(subject))),
        OWN_DENY,
        grant -> grant.isDeniedBy(subject),
        InMemoryGrantStore::denied);
  }

  @Override
  public Write<Grant> denyBarred(Locator locator, Grant.Claim claim) {
    return update(
        locator,
        grant ->
            conditions.hold(BAR_APPROVED, grant.state() instanceof Approved)
                && conditions.hold(
                    BAR_CLAIMANT, isClaimed(grant, by -> by.subject().equals(claim.subject())))
                && conditions.hold(
                    BAR_NONCE, isClaimed(grant, by -> by.nonce().equals(claim.nonce()))),
        OWN_BAR,
        grant -> grant.state() instanceof Denied(var denied, var _) && denied.equals(claim),
        InMemoryGrantStore::denied);
  }

  @Override
  public Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
    synchronized (keys) {
      var found = find(locator);
      if (found
          .filter(grant -> conditions.isOwn(OWN_REDEEM, grant.isRedeemedBy(redemption.attempt())))
          .isPresent()) {
        return new Redeemed.Stored();
      }
      if (!conditions.mayWrite()
          || found.filter(grant -> mayRedeem(grant, proof, redemption.at())).isEmpty()) {
        return new Redeemed.NotApproved(found);
      }
      var standing = keys.findStanding(key.terms().subject());
      var enabledAt = keys.findDisablement(key.terms().subject()).enabledAt();
      var signedOut =
          !new KeyStore.Standing(false, standing.signedOutAt()).admits(key.terms().approvedAt());
      if (!conditions.hold(REDEEM_ENABLED, !standing.disabled())
          || !conditions.hold(
              REDEEM_ENABLED_BEFORE, enabledAt.map(key.terms().approvedAt()::isAfter).orElse(true))
          || !conditions.hold(REDEEM_NOT_SIGNED_OUT, !signedOut)) {
        return new Redeemed.Barred();
      }
      if (!conditions.hold(REDEEM_KEY_ABSENT, keys.find(key.id()).isEmpty())) {
        return new Redeemed.NotApproved(Optional.empty());
      }
      keys.put(key);
      grants.put(locator, consumed(found.get(), redemption));
      return new Redeemed.Stored();
    }
  }

  @Override
  public Optional<Grant> find(Locator locator) {
    synchronized (keys) {
      return Optional.ofNullable(grants.get(locator));
    }
  }

  /// The number of attempted updates. Refused ones are included, because they are billed too.
  public int updates() {
    synchronized (keys) {
      return updates;
    }
  }

  /// Edits a row as someone with access to the table could.
  public void forge(Locator locator, UnaryOperator<Grant> edit) {
    synchronized (keys) {
      grants.computeIfPresent(locator, (_, grant) -> edit.apply(grant));
    }
  }

  private Write<Grant> update(
      Locator locator,
      Predicate<Grant> condition,
      Condition mark,
      Predicate<Grant> mine,
      UnaryOperator<Grant> set) {
    synchronized (keys) {
      updates++;
      var found = find(locator);
      if (conditions.mayWrite() && found.filter(condition).isPresent()) {
        var after = set.apply(found.get());
        grants.put(locator, after);
        return new Write.Applied<>(after);
      }
      return found
          .filter(grant -> conditions.isOwn(mark, mine.test(grant)))
          .<Write<Grant>>map(Write.Applied::new)
          .orElse(new Write.Refused<>(found));
    }
  }

  private static boolean isPending(Grant grant) {
    return switch (grant.state()) {
      case Pending _, Claimed _ -> true;
      case Approved _, Denied _, Consumed _ -> false;
    };
  }

  /// Includes a grant that too many wrong numbers have denied. Its row in DynamoDB says approved,
  /// and has the numbers.
  private static boolean isApproved(Grant grant) {
    return grant.state() instanceof Approved || isOutOfTries(grant);
  }

  private static boolean isOutOfTries(Grant grant) {
    return grant.state() instanceof Denied(var _, var wrong)
        && wrong.size() >= MatchingNumber.MOST_WRONG;
  }

  private static boolean isClaimed(Grant grant, Predicate<Grant.Claim> by) {
    return grant.state().claimed().filter(by).isPresent();
  }

  private static Grant.Consent scopeOf(Grant.Consent consent) {
    return new Grant.Consent(consent.scope(), Optional.empty(), Optional.empty());
  }

  private static Grant.Consent lifetimeOf(Grant.Consent consent) {
    return new Grant.Consent(Optional.empty(), consent.lifetime(), Optional.empty());
  }

  private boolean fits(
      Condition client, Condition challenge, Condition secret, Proof proof, Grant grant) {
    return conditions.hold(client, grant.request().clientId().equals(proof.clientId()))
        && conditions.hold(challenge, grant.request().challenge().equals(proof.challenge()))
        && conditions.hold(secret, grant.deviceSecret().equals(proof.deviceSecret()));
  }

  private boolean mayRedeem(Grant grant, Proof proof, Instant now) {
    return fits(REDEEM_CLIENT, REDEEM_CHALLENGE, REDEEM_SECRET, proof, grant)
        && conditions.hold(REDEEM_APPROVED, isApproved(grant))
        && conditions.hold(REDEEM_UNEXPIRED, !grant.isExpired(now))
        && conditions.hold(REDEEM_FEW_WRONG, !isOutOfTries(grant));
  }

  /// The row keeps its state if it has none of these. Only with a dropped condition can the grant
  /// not be approved here.
  private static Grant consumed(Grant grant, Grant.Redemption redemption) {
    return switch (grant.state()) {
      case Approved(var claim, var approval, var _) ->
          in(grant, new Consumed(claim, approval, redemption));
      case Consumed(var claim, var approval, var _) ->
          in(grant, new Consumed(claim, approval, redemption));
      case Pending _, Claimed _, Denied _ -> grant;
    };
  }

  private static Grant counted(Grant grant, MatchingNumber wrong) {
    return switch (grant.state()) {
      case Approved(var claim, var approval, var before) ->
          in(grant, State.approved(claim, approval, with(before, wrong)));
      case Denied(var claim, var before) -> in(grant, new Denied(claim, with(before, wrong)));
      case Pending _, Claimed _, Consumed _ -> grant;
    };
  }

  private static Set<MatchingNumber> with(Set<MatchingNumber> before, MatchingNumber wrong) {
    var counted = new HashSet<>(before);
    counted.add(wrong);
    return counted;
  }

  private static Grant denied(Grant grant) {
    return switch (grant.state()) {
      case Approved(var claim, var _, var wrong) -> in(grant, new Denied(claim, wrong));
      case State state -> in(grant, state.claimed().<State>map(Denied::new).orElse(state));
    };
  }

  /// The row with another state, and nothing else changed.
  public static Grant in(Grant grant, State state) {
    return new Grant(
        grant.locator(),
        grant.request(),
        grant.deviceSecret(),
        grant.seal(),
        grant.expiresAt(),
        grant.pace(),
        state);
  }

  private static Grant at(Grant grant, Pace pace) {
    return new Grant(
        grant.locator(),
        grant.request(),
        grant.deviceSecret(),
        grant.seal(),
        grant.expiresAt(),
        pace,
        grant.state());
  }
}
