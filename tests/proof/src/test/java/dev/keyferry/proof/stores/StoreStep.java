package dev.keyferry.proof.stores;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.AllStores;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import dev.keyferry.limits.Limit.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// One call of a store with all its arguments, so that it can be repeated on another store.
///
/// Each step lists the reasons for a refusal, written independently of the stores. They do not
/// judge the stores, which judge each other. They count how often each reason alone decided.
public sealed interface StoreStep {
  Object on(AllStores stores);

  /// The reasons for a refusal in the current state.
  default List<String> against(AllStores before) {
    return List.of();
  }

  /// The outcome as text.
  ///
  /// @param changed whether any row has changed
  default String outcome(Object answer, List<String> against, boolean changed) {
    var name = getClass().getSimpleName();
    return switch (answer) {
      case Write.Refused<?> _, Polled.NotPending _, Redeemed.NotApproved _, Redeemed.Barred _ ->
          name + " refused, " + (against.size() == 1 ? against.getFirst() : "for several reasons");
      case Write.Applied<?>(Grant(_, _, _, _, _, _, State.Denied _))
          when this instanceof CountWrong && changed ->
          name + " denied";
      case Write.Applied<?> _, Polled.Pending _, Redeemed.Stored _ ->
          name + (changed ? " applied" : against.isEmpty() ? " applied to no effect" : " own work");
      default -> name + (changed ? " changed" : "") + " " + text(answer);
    };
  }

  private static String text(Object answer) {
    return switch (answer) {
      case Boolean yes -> yes.toString();
      case Optional<?> found -> found.isPresent() ? "found" : "nothing";
      case KeyStore.Listing listing ->
          "%d%s".formatted(listing.keys().size(), listing.more() ? " and more" : "");
      case KeyStore.Disablement found -> found.disabled() ? "disabled" : "enabled";
      case KeyStore.Standing standing -> standing.equals(KeyStore.Standing.GOOD) ? "good" : "bad";
      default -> "done";
    };
  }

  /// The reasons for a refusal that hold for one row.
  final class Reasons<T> {
    private final Map<String, Predicate<T>> all = new LinkedHashMap<>();

    Reasons<T> or(String name, Predicate<T> holds) {
      all.put(name, holds);
      return this;
    }

    List<String> of(Optional<T> row) {
      return row.map(there ->
              all.entrySet().stream()
                  .filter(reason -> reason.getValue().test(there))
                  .map(Map.Entry::getKey)
                  .toList())
          .orElse(List.of("nothing there"));
    }
  }

  private static Reasons<Grant> unless(Predicate<State> state) {
    return new Reasons<Grant>().or("in another state", grant -> !state.test(grant.state()));
  }

  private static Reasons<Grant> unfit(Proof proof, Predicate<State> state) {
    return unless(state)
        .or("another client", grant -> !grant.request().clientId().equals(proof.clientId()))
        .or("another challenge", grant -> !grant.request().challenge().equals(proof.challenge()))
        .or("another secret", grant -> !grant.deviceSecret().equals(proof.deviceSecret()));
  }

  private static Predicate<Grant> other(Function<Claim, Object> part, Claim claim) {
    return grant ->
        grant.state().claimed().filter(it -> part.apply(it).equals(part.apply(claim))).isEmpty();
  }

  private static boolean isPending(State state) {
    return state instanceof State.Pending || state instanceof State.Claimed;
  }

  private static boolean isApproved(State state) {
    return state instanceof State.Approved;
  }

  record Create(Grant grant, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().create(grant, now);
    }

    @Override
    public List<String> against(AllStores before) {
      return before
          .grants()
          .find(grant.locator())
          .filter(there -> !there.isPurgeable(now))
          .map(_ -> List.of("one is there"))
          .orElse(List.of());
    }
  }

  record Poll(Locator locator, Proof proof, String attempt, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().poll(locator, proof, attempt, now);
    }

    @Override
    public List<String> against(AllStores before) {
      return unfit(proof, StoreStep::isPending)
          .or("expired", grant -> grant.isExpired(now))
          .or("early", grant -> grant.pace().isEarly(now))
          .of(before.grants().find(locator));
    }
  }

  record SlowDown(Grant seen, Duration interval) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().slowDown(seen, interval);
    }

    @Override
    public List<String> against(AllStores before) {
      return unless(StoreStep::isPending)
          .or(
              "another window",
              grant -> !grant.pace().nextPollAt().equals(seen.pace().nextPollAt()))
          .or("slowed already", grant -> grant.pace().alreadySlowed())
          .of(before.grants().find(seen.locator()));
    }
  }

  record ClaimIt(Locator locator, Claim claim, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().claim(locator, claim, now);
    }

    @Override
    public List<String> against(AllStores before) {
      return unless(StoreStep::isPending)
          .or("expired", grant -> grant.isExpired(now))
          .of(before.grants().find(locator));
    }
  }

  record Approve(Locator locator, Claim claim, Approval approval, Instant now)
      implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().approve(locator, claim, approval, now);
    }

    @Override
    public List<String> against(AllStores before) {
      var consent = approval.consent();
      return unless(State.Claimed.class::isInstance)
          .or("expired", grant -> grant.isExpired(now))
          .or("another subject", other(Claim::subject, claim))
          .or("another nonce", other(Claim::nonce, claim))
          .or(
              "more scope than asked for",
              grant ->
                  consent.scope().filter(some -> !some.within(grant.request().scope())).isPresent())
          .or("a longer life than asked for", grant -> isLonger(grant.request()))
          .of(before.grants().find(locator));
    }

    private boolean isLonger(DeviceRequest request) {
      return approval
          .consent()
          .lifetime()
          .filter(some ->
              some.compareTo(request.lifetime()) > 0 && some.compareTo(request.longestLink()) > 0)
          .isPresent();
    }
  }

  record Find(Locator locator) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().find(locator);
    }
  }

  record CountWrong(Locator locator, Proof proof, MatchingNumber wrong, Instant now)
      implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().countWrong(locator, proof, wrong, now);
    }

    @Override
    public List<String> against(AllStores before) {
      return unfit(proof, StoreStep::isApproved)
          .or("expired", grant -> grant.isExpired(now))
          .of(before.grants().find(locator));
    }
  }

  record Deny(Locator locator, Subject subject, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().deny(locator, subject, now);
    }

    @Override
    public List<String> against(AllStores before) {
      return unless(state -> state instanceof State.Claimed || isApproved(state))
          .or("expired", grant -> grant.isExpired(now))
          .or(
              "another subject",
              grant -> grant.state().claimed().filter(it -> it.subject().equals(subject)).isEmpty())
          .of(before.grants().find(locator));
    }
  }

  record Bar(Locator locator, Claim claim) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().denyBarred(locator, claim);
    }

    @Override
    public List<String> against(AllStores before) {
      return unless(StoreStep::isApproved)
          .or("another subject", other(Claim::subject, claim))
          .or("another nonce", other(Claim::nonce, claim))
          .of(before.grants().find(locator));
    }
  }

  record Redeem(Locator locator, Proof proof, Redemption redemption, Key key) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.grants().redeem(locator, proof, redemption, key);
    }

    @Override
    public List<String> against(AllStores before) {
      var subject = key.terms().subject();
      var standing = before.keys().findStanding(subject);
      return unfit(proof, StoreStep::isApproved)
          .or("expired", grant -> grant.isExpired(redemption.at()))
          .or("the key exists", _ -> before.find(key.id()).isPresent())
          .or("disabled", _ -> standing.disabled())
          .or(
              "enabled since",
              _ ->
                  before
                      .keys()
                      .findDisablement(subject)
                      .enabledAt()
                      .filter(at -> !at.isBefore(key.terms().approvedAt()))
                      .isPresent())
          .or(
              "signed out",
              _ ->
                  standing
                      .signedOutAt()
                      .filter(at -> !at.isBefore(key.terms().approvedAt()))
                      .isPresent())
          .of(before.grants().find(locator));
    }
  }

  record Renew(KeyId id, String clientId, Key.Generation seen, Key.Generation next)
      implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().renew(id, clientId, seen, next);
    }

    @Override
    public List<String> against(AllStores before) {
      var previous = next.previous().orElseThrow();
      return new Reasons<Key>()
          .or(
              "another refresh token",
              key -> !key.generation().refresh().equals(previous.refresh()))
          .or("another seal", key -> !key.generation().seal().equals(previous.seal()))
          .or("another client", key -> !key.terms().clientId().equals(clientId))
          .or("revoked", key -> key.revokedAt().isPresent())
          .or("not renewable", key -> !key.terms().renewable())
          .or("linked no more", key -> !next.issuedAt().isBefore(key.terms().linkedUntil()))
          .or(
              "idle",
              key -> !next.issuedAt().isBefore(key.generation().issuedAt().plus(Key.LONGEST_IDLE)))
          .of(before.find(id));
    }
  }

  record Revoke(KeyId id, Revoker revoker, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().revoke(id, revoker, now);
    }

    @Override
    public List<String> against(AllStores before) {
      var refused = "not to this " + revoker.getClass().getSimpleName();
      return new Reasons<Key>().or(refused, key -> !revoker.mayRevoke(key)).of(before.find(id));
    }
  }

  /// A filter of keys.
  enum Wanted implements Predicate<Key> {
    ALL,
    UNREVOKED,
    USED;

    @Override
    public boolean test(Key key) {
      return switch (this) {
        case ALL -> true;
        case UNREVOKED -> key.revokedAt().isEmpty();
        case USED -> key.lastUsedAt().isPresent();
      };
    }
  }

  record ListKeys(Subject subject, Wanted wanted, int most) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().list(subject, wanted, most);
    }
  }

  record SignOut(Subject subject, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      stores.keys().signOut(subject, now);
      return "done";
    }
  }

  record Reverse(Subject subject, KeyStore.Disablement seen, Instant now, String attempt)
      implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().toggleDisabled(subject, seen, now, attempt);
    }

    @Override
    public List<String> against(AllStores before) {
      var isAsSeen = before.keys().findDisablement(subject).equals(seen);
      return isAsSeen ? List.of() : List.of("changed since");
    }
  }

  record Finish(Subject subject, String attempt, Instant now) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().finishEnabling(subject, attempt, now);
    }

    @Override
    public List<String> against(AllStores before) {
      var enabling = Optional.of(KeyStore.Disablement.ENABLING);
      return new Reasons<KeyStore.Disablement>()
          .or("changed since", found -> !found.by().equals(Optional.of(attempt)))
          .or("finished", found -> !found.enabledAt().equals(enabling))
          .of(Optional.of(before.keys().findDisablement(subject)));
    }
  }

  record FindDisablement(Subject subject) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().findDisablement(subject);
    }
  }

  record FindStanding(Subject subject) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().findStanding(subject);
    }
  }

  record FindKey(KeyId id) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.keys().findWithStanding(id);
    }
  }

  record MarkUsed(KeyId id, Instant hour) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      stores.keys().markUsed(id, hour);
      return "done";
    }
  }

  record Count(Window window, String attempt) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.limits().count(window, attempt);
    }
  }

  record IsFull(Window window) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.limits().isFull(window);
    }
  }

  record Reserve(Window window, String attempt) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      return stores.limits().reserve(window, attempt);
    }
  }

  record GiveBack(Window window, String attempt) implements StoreStep {
    @Override
    public Object on(AllStores stores) {
      stores.limits().release(window, attempt);
      return "done";
    }
  }
}
