package dev.keyferry.bench;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import dev.keyferry.limits.Limit;
import dev.keyferry.limits.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Stores that execute each step once and then repeat its answer. So the same request can be
/// measured a million times, and the measurement covers only the handler.
final class RepeatingStores {
  private final Map<String, Object> answers = new HashMap<>();

  /// Forgets the answers, so that the next request executes its steps again.
  void forget() {
    answers.clear();
  }

  @SuppressWarnings("unchecked")
  private <T> T once(String step, Supplier<T> real) {
    var known = answers.get(step);
    if (known == null) {
      known = real.get();
      answers.put(step, known);
    }
    return (T) known;
  }

  GrantStore of(GrantStore store) {
    return new GrantStore() {
      @Override
      public Write<Grant> create(Grant grant, Instant now) {
        return once("create", () -> store.create(grant, now));
      }

      @Override
      public Polled poll(Locator locator, Proof proof, String attempt, Instant now) {
        return once("poll", () -> store.poll(locator, proof, attempt, now));
      }

      @Override
      public Write<Grant> slowDown(Grant seen, Duration interval) {
        return once("slowDown", () -> store.slowDown(seen, interval));
      }

      @Override
      public Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now) {
        return once("claim", () -> store.claim(locator, claim, now));
      }

      @Override
      public Write<Grant> approve(
          Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now) {
        return once("approve", () -> store.approve(locator, claim, approval, now));
      }

      @Override
      public Optional<Grant> find(Locator locator) {
        return once("find", () -> store.find(locator));
      }

      @Override
      public Write<Grant> countWrong(
          Locator locator, Proof proof, MatchingNumber wrong, Instant now) {
        return once("countWrong", () -> store.countWrong(locator, proof, wrong, now));
      }

      @Override
      public Write<Grant> deny(Locator locator, Subject subject, Instant now) {
        return once("deny", () -> store.deny(locator, subject, now));
      }

      @Override
      public Write<Grant> denyBarred(Locator locator, Grant.Claim claim) {
        return once("denyBarred", () -> store.denyBarred(locator, claim));
      }

      @Override
      public Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
        return once("redeem", () -> store.redeem(locator, proof, redemption, key));
      }
    };
  }

  KeyStore of(KeyStore store) {
    return new KeyStore() {
      @Override
      public Standing findStanding(Subject subject) {
        return once("findStanding", () -> store.findStanding(subject));
      }

      @Override
      public Write<Key> renew(KeyId id, String clientId, Key.Generation seen, Key.Generation next) {
        return once("renew", () -> store.renew(id, clientId, seen, next));
      }

      @Override
      public boolean confirm(KeyId id, Key.Generation confirmed, Instant hour) {
        return once("confirm", () -> store.confirm(id, confirmed, hour));
      }

      @Override
      public Write<Key> revoke(KeyId id, Revoker revoker, Instant now) {
        return once("revoke", () -> store.revoke(id, revoker, now));
      }

      @Override
      public Listing list(Subject subject, Predicate<Key> wanted, int most) {
        return once("list", () -> store.list(subject, wanted, most));
      }

      @Override
      public void signOut(Subject subject, Instant now) {
        store.signOut(subject, now);
      }

      @Override
      public Disablement findDisablement(Subject subject) {
        return once("findDisablement", () -> store.findDisablement(subject));
      }

      @Override
      public Write<Disablement> toggleDisabled(
          Subject subject, Disablement seen, Instant now, String attempt) {
        return once("toggleDisabled", () -> store.toggleDisabled(subject, seen, now, attempt));
      }

      @Override
      public Write<Disablement> finishEnabling(Subject subject, String attempt, Instant now) {
        return once("finishEnabling", () -> store.finishEnabling(subject, attempt, now));
      }

      @Override
      public Optional<KeyAndStanding> findWithStanding(KeyId id) {
        return once("findWithStanding", () -> store.findWithStanding(id));
      }

      @Override
      public void markUsed(KeyId id, Instant hour) {
        store.markUsed(id, hour);
      }
    };
  }

  LimitStore of(LimitStore store) {
    return new LimitStore() {
      @Override
      public boolean count(Limit.Window window, String attempt) {
        return once("count", () -> store.count(window, attempt));
      }

      @Override
      public boolean isFull(Limit.Window window) {
        return once("isFull", () -> store.isFull(window));
      }

      @Override
      public boolean reserve(Limit.Window window, String attempt) {
        return once("reserve", () -> store.reserve(window, attempt));
      }

      @Override
      public void release(Limit.Window window, String attempt) {
        store.release(window, attempt);
      }
    };
  }
}
