package dev.keyferry.flow;

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
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Grants in memory, under the same conditions as in DynamoDB.
public final class InMemoryGrantStore implements GrantStore {
  private final Map<Locator, Grant> grants = new HashMap<>();
  private final InMemoryKeyStore keys;
  private int updates;

  public InMemoryGrantStore(InMemoryKeyStore keys) {
    this.keys = keys;
  }

  @Override
  public Write<Grant> create(Grant grant, Instant now) {
    synchronized (keys) {
      var found = find(grant.locator());
      if (found.isEmpty() || found.get().isPurgeable(now)) {
        grants.put(grant.locator(), grant);
        return new Write.Applied<>(grant);
      }
      return found
          .filter(there -> there.isOf(grant))
          .<Write<Grant>>map(Write.Applied::new)
          .orElse(new Write.Refused<>(found));
    }
  }

  @Override
  public Polled poll(Locator locator, Proof proof, String attempt, Instant now) {
    return switch (write(locator, proof, attempt, now)) {
      case Write.Applied<Grant> _ -> new Polled.Pending();
      case Write.Refused(var found) -> new Polled.Refused(found);
    };
  }

  private Write<Grant> write(Locator locator, Proof proof, String attempt, Instant now) {
    return update(
        locator,
        grant ->
            proof.fits(grant)
                && isPending(grant)
                && !grant.isExpired(now)
                && !grant.pace().isEarly(now),
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
            isPending(grant)
                && grant.pace().nextPollAt().equals(window)
                && !grant.pace().alreadySlowed(),
        grant -> grant.pace().slowedAt().equals(Optional.of(window)),
        grant ->
            at(grant, new Pace(interval, window, grant.pace().lastPoll(), Optional.of(window))));
  }

  @Override
  public Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now) {
    return update(
        locator,
        grant -> isPending(grant) && !grant.isExpired(now),
        grant -> grant.state().equals(new Claimed(claim)),
        grant -> in(grant, new Claimed(claim)));
  }

  @Override
  public Write<Grant> approve(
      Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now) {
    return update(
        locator,
        grant ->
            grant.state().equals(new Claimed(claim))
                && !grant.isExpired(now)
                && approval.consent().within(grant.request()),
        grant -> grant.isApprovedWith(claim, approval.consent()),
        grant -> in(grant, new Approved(claim, approval)));
  }

  @Override
  public Write<Grant> countWrong(Locator locator, Proof proof, Confirmation wrong, Instant now) {
    return update(
        locator,
        grant -> proof.fits(grant) && grant.state() instanceof Approved && !grant.isExpired(now),
        grant -> grant.hasCounted(wrong),
        grant -> {
          var approved = (Approved) grant.state();
          var counted = new HashSet<>(approved.wrong());
          counted.add(wrong);
          return in(grant, State.approved(approved.claim(), approved.approval(), counted));
        });
  }

  @Override
  public Write<Grant> deny(Locator locator, Subject subject, Instant now) {
    return update(
        locator,
        grant ->
            deniable(grant).filter(claim -> claim.subject().equals(subject)).isPresent()
                && !grant.isExpired(now),
        grant -> grant.isDeniedBy(subject),
        grant -> in(grant, denied(grant)));
  }

  @Override
  public Write<Grant> bar(Locator locator, Grant.Claim claim) {
    return update(
        locator,
        grant ->
            grant.state() instanceof Approved(var approved, var _, var _) && approved.equals(claim),
        grant -> grant.state() instanceof Denied(var denied, var _) && denied.equals(claim),
        grant -> in(grant, denied(grant)));
  }

  @Override
  public Redeemed redeem(
      Locator locator, Proof proof, Instant approvedAt, Grant.Redemption redemption, Key key) {
    synchronized (keys) {
      var found = find(locator);
      if (found.filter(grant -> grant.isRedeemedBy(redemption.attempt())).isPresent()) {
        return new Redeemed.Stored();
      }
      if (found.isEmpty()
          || !proof.fits(found.get())
          || found.get().isExpired(redemption.at())
          || !(found.get().state() instanceof Approved(var claim, var approval, var _))) {
        return new Redeemed.Refused(found);
      }
      if (!keys.findStanding(key.terms().subject()).admits(approvedAt)) {
        return new Redeemed.Barred();
      }
      if (!keys.putIfAbsent(key)) {
        return new Redeemed.Refused(Optional.empty());
      }
      grants.put(locator, in(found.get(), new Consumed(claim, approval, redemption)));
      return new Redeemed.Stored();
    }
  }

  @Override
  public Optional<Grant> find(Locator locator) {
    synchronized (keys) {
      return Optional.ofNullable(grants.get(locator));
    }
  }

  /// How many updates were tried, refused ones included: each is paid for.
  public int updates() {
    synchronized (keys) {
      return updates;
    }
  }

  /// Writes a row as someone with access to the table could.
  public void forge(Locator locator, UnaryOperator<Grant> edit) {
    synchronized (keys) {
      grants.computeIfPresent(locator, (_, grant) -> edit.apply(grant));
    }
  }

  private Write<Grant> update(
      Locator locator,
      Predicate<Grant> condition,
      Predicate<Grant> mine,
      UnaryOperator<Grant> set) {
    synchronized (keys) {
      updates++;
      var found = find(locator);
      if (found.filter(condition).isPresent()) {
        var after = set.apply(found.get());
        grants.put(locator, after);
        return new Write.Applied<>(after);
      }
      return found
          .filter(mine)
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

  private static Optional<Grant.Claim> deniable(Grant grant) {
    return switch (grant.state()) {
      case Claimed(var claim) -> Optional.of(claim);
      case Approved(var claim, var _, var _) -> Optional.of(claim);
      case Pending _, Denied _, Consumed _ -> Optional.empty();
    };
  }

  private static Denied denied(Grant grant) {
    return grant.state() instanceof Approved(var claim, var _, var wrong)
        ? new Denied(claim, wrong)
        : new Denied(deniable(grant).orElseThrow());
  }

  private static Grant in(Grant grant, State state) {
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
