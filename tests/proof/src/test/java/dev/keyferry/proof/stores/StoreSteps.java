package dev.keyferry.proof.stores;

import static dev.keyferry.flow.Samples.NOON;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.AllStores;
import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.DeviceName;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.Profile;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import dev.keyferry.limits.Limit;
import dev.keyferry.limits.Limit.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A generator of random steps over so few places, people, secrets and times that they often meet.
/// Most steps fit the current rows, because a step that does not fit is refused for many reasons at
/// once and shows nothing about any of them.
///
/// The same seed and the same stores give the same steps. Two seeds never share a row.
public final class StoreSteps {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final List<String> CLIENTS = List.of("cli", "demo");
  private static final List<Digest> DIGESTS =
      IntStream.range(0, 6).mapToObj(StoreSteps::digest).toList();
  private static final List<Optional<CodeChallenge>> CHALLENGES =
      List.of(
          Optional.empty(),
          Optional.of(Samples.CHALLENGE),
          Optional.of(new CodeChallenge("x".repeat(43))));
  private static final Scope READ = scope("read");
  private static final Scope WRITE = scope("read", "write");
  private static final Scope OFFLINE = scope("read", Scope.OFFLINE_ACCESS);
  private static final List<Consent> CONSENTS =
      List.of(
          new Consent(Optional.empty(), Optional.empty(), Optional.of("büro")),
          consent(READ),
          consent(WRITE),
          consent(OFFLINE),
          consent(scope("admin")),
          consent(Duration.ofHours(1)),
          consent(Duration.ofDays(1)),
          consent(Duration.ofDays(1).plusSeconds(1)),
          consent(Key.LONGEST_FAMILY),
          consent(Key.LONGEST_FAMILY.plusSeconds(1)));

  /// The time at which the screens of approvals were opened.
  private static final Instant SINCE = NOON.plusSeconds(30);

  /// The main subject of a sequence.
  private enum Theme {
    GRANTS,
    KEYS,
    LIMITS,
    STANDINGS
  }

  private final Random random;
  private final Theme theme;
  private final List<Locator> locators;
  private final List<Subject> subjects;
  private final List<KeyId> ids;
  private final List<Window> windows;
  private final String name;
  private final List<StoreStep> taken = new ArrayList<>();
  private final List<Key.Generation> generations = new ArrayList<>();
  private int redemptions;

  public StoreSteps(long seed) {
    random = new Random(seed);
    name = "%010d".formatted(seed);
    var drawn = random.nextInt(24);
    theme =
        drawn < 11
            ? Theme.GRANTS
            : drawn < 18 ? Theme.KEYS : drawn < 20 ? Theme.LIMITS : Theme.STANDINGS;
    locators = numbered(2).map(Locator::new).toList();
    subjects = numbered(2).map(Subject::new).toList();
    ids = numbered(3).map(id -> new KeyId("Key0" + id.replace("-", "0"))).toList();
    var two = new Limit("two", 2, Duration.ofMinutes(1));
    windows = List.of(two.at(name, NOON), two.at(name, NOON.plus(two.window())));
  }

  public int length() {
    return 6 + random.nextInt(9);
  }

  /// All rows of this seed in the stores.
  public Map<String, Object> rows(AllStores stores) {
    var rows = new LinkedHashMap<String, Object>();
    locators.forEach(locator ->
        stores.grants().find(locator).ifPresent(it -> rows.put(locator.qualified(), it)));
    ids.forEach(id -> stores.find(id).ifPresent(key -> rows.put(id.qualified(), key)));
    subjects.forEach(it ->
        rows.put(
            it.toString(),
            List.of(stores.keys().findStanding(it), stores.keys().findDisablement(it))));
    windows.forEach(window -> rows.put(window.toString(), stores.counted(window)));
    return rows;
  }

  /// The purge times that follow from the rows.
  public static Map<String, Long> purges(Map<String, Object> rows) {
    var purges = new LinkedHashMap<String, Long>();
    rows.forEach((at, row) -> {
      if (row instanceof Grant grant) {
        purges.put(at, grant.purgeAt().getEpochSecond());
      } else if (row instanceof Key key) {
        purges.put(at, key.purgeAt().getEpochSecond());
      }
    });
    return purges;
  }

  /// The next step for stores in which all previous steps were taken.
  public StoreStep next(AllStores stores) {
    var step =
        !taken.isEmpty() && chance(15)
            ? pick(taken)
            : switch (theme) {
              case GRANTS -> chance(92) ? ofGrants(stores) : ofSubjects(stores);
              case KEYS -> ofKeys(stores);
              case LIMITS -> ofLimits();
              case STANDINGS -> chance(60) ? ofGrants(stores) : enabling(stores);
            };
    taken.add(step);
    return step;
  }

  private StoreStep ofGrants(AllStores stores) {
    var locator = chance(85) ? locators.getFirst() : locators.getLast();
    var found = stores.grants().find(locator);
    if (found.isEmpty() && chance(85)) {
      return create(locator, found);
    }
    var grant = found.orElseGet(() -> made(locator, NOON));
    var fitting =
        switch (grant.state()) {
          case State.Pending _ -> pick(0, 1, 1, 2);
          case State.Claimed _ -> pick(0, 1, 2, 3, 3, 3, 5);
          case State.Approved _ -> pick(4, 4, 5, 6, 7, 7, 7, 7);
          case State.Denied _, State.Consumed _ -> pick(0, 3, 4, 5, 6, 7, 8, 8);
        };
    var now = moment(grant);
    return switch (chance(70) ? fitting : random.nextInt(10)) {
      case 0 -> new StoreStep.Poll(locator, proof(grant), attempt("poll"), now);
      case 1 -> new StoreStep.ClaimIt(locator, claim(grant), now);
      case 2 -> slowDown(grant);
      case 3 -> new StoreStep.Approve(locator, claim(grant), approval(consent()), now);
      case 4 -> redeem(stores, grant);
      case 5 -> new StoreStep.Deny(locator, claim(grant).subject(), now);
      case 6 -> new StoreStep.Bar(locator, claim(grant));
      case 7 ->
          new StoreStep.CountWrong(
              locator, proof(grant), new MatchingNumber(10 + random.nextInt(5)), now);
      case 8 -> create(locator, found);
      default -> new StoreStep.Find(locator);
    };
  }

  private StoreStep create(Locator locator, Optional<Grant> there) {
    var now =
        there
            .map(grant -> grant.purgeAt())
            .map(at -> pick(at, at, at.plus(MOMENT), at.minus(MOMENT), NOON))
            .orElse(NOON);
    var fresh = made(locator, now);
    // The same secret, as in a repeated request.
    var grant = there.filter(_ -> chance(40)).map(it -> withState(it, fresh.state())).orElse(fresh);
    return new StoreStep.Create(grant, now);
  }

  private Grant made(Locator locator, Instant at) {
    var request =
        new DeviceRequest(
            client(),
            pick(READ, WRITE, OFFLINE),
            Optional.of("büro"),
            Duration.ofDays(1),
            pick(CHALLENGES),
            Optional.empty(),
            false,
            Samples.request(at).origin(),
            at);
    var claim = new Claim(subject(), nonce());
    return new Grant(
        locator,
        request,
        secret(),
        pick(DIGESTS),
        at.plus(Authorize.CODE_LIFETIME),
        Pace.from(at),
        chance(theme == Theme.KEYS ? 100 : 30)
            ? new State.Approved(claim, approval(consent()))
            : new State.Pending());
  }

  private static Grant withState(Grant grant, State state) {
    return new Grant(
        grant.locator(),
        grant.request(),
        grant.deviceSecret(),
        grant.seal(),
        grant.expiresAt(),
        Pace.from(grant.request().at()),
        state);
  }

  private StoreStep slowDown(Grant grant) {
    var pace = grant.pace();
    var window = chance(85) ? pace.nextPollAt() : pace.nextPollAt().plus(MOMENT);
    var seen = new Pace(pace.interval(), window, Optional.empty(), Optional.empty());
    return new StoreStep.SlowDown(
        new Grant(
            grant.locator(),
            grant.request(),
            grant.deviceSecret(),
            grant.seal(),
            grant.expiresAt(),
            seen,
            grant.state()),
        pace.slowed());
  }

  /// Each redemption is an attempt of its own, because DynamoDB accepts no other transaction under
  /// the same token.
  private StoreStep redeem(AllStores stores, Grant grant) {
    var claim = claim(grant);
    var since =
        grant.state() instanceof State.Approved(var _, var approval, var _)
            ? approval.since()
            : NOON;
    var signedOut = stores.keys().findStanding(claim.subject()).signedOutAt();
    var enabled =
        stores
            .keys()
            .findDisablement(claim.subject())
            .enabledAt()
            .filter(at -> !at.equals(Disablement.ENABLING));
    var ended = chance(50) ? signedOut.or(() -> enabled) : enabled.or(() -> signedOut);
    var approvedAt =
        ended.filter(_ -> chance(50)).map(at -> pick(at, at.plus(MOMENT))).orElse(since);
    return new StoreStep.Redeem(
        grant.locator(),
        proof(grant),
        new Redemption(moment(grant), name + "-redeem-" + redemptions++, sometimes(pick(DIGESTS))),
        key(claim.subject(), approvedAt));
  }

  private Key key(Subject subject, Instant approvedAt) {
    var number = random.nextInt(ids.size());
    // Times are unique, because a listing has no defined order for equal times.
    var createdAt = NOON.plusSeconds(number);
    var terms =
        new Key.Terms(
            client(),
            subject,
            Samples.PROFILE,
            chance(80) ? OFFLINE : READ,
            Duration.ofHours(1),
            new DeviceName.Given("büro"),
            Samples.request(NOON).origin(),
            approvedAt,
            createdAt,
            createdAt.plus(pick(Key.LONGEST_FAMILY, Duration.ofHours(1))),
            Optional.empty());
    return new Key(
        ids.get(number),
        terms,
        pick(DIGESTS),
        new Key.Generation(
            0,
            pick(DIGESTS),
            pick(DIGESTS),
            createdAt,
            Optional.empty(),
            pick(DIGESTS),
            attempt("renew"),
            Samples.issue(Optional.empty())),
        Optional.empty(),
        Optional.empty());
  }

  private StoreStep ofKeys(AllStores stores) {
    var keys = ids.stream().flatMap(id -> stores.find(id).stream()).toList();
    if (keys.size() < 2 ? chance(keys.isEmpty() ? 100 : 40) : chance(15)) {
      var locator = pick(locators);
      var found = stores.grants().find(locator);
      return found
          .filter(grant -> grant.state() instanceof State.Approved)
          .map(grant -> redeem(stores, grant))
          .orElseGet(() -> create(locator, found));
    }
    if (chance(30)) {
      return ofSubjects(stores);
    }
    var key = pick(keys);
    var id = chance(90) ? key.id() : pick(ids);
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4 ->
          new StoreStep.Renew(id, near(key.terms().clientId()), key.generation(), next(key));
      case 5, 6 -> new StoreStep.Revoke(id, revoker(key), NOON.plusSeconds(random.nextInt(3)));
      case 7, 8 -> new StoreStep.MarkUsed(id, NOON.plus(Duration.ofHours(random.nextInt(3))));
      default -> new StoreStep.FindKey(id);
    };
  }

  private Key.Generation next(Key key) {
    generations.add(key.generation());
    var now = chance(75) ? key.generation() : pick(generations);
    var idle = now.issuedAt().plus(Key.LONGEST_IDLE);
    var end = key.terms().linkedUntil();
    var soon = now.issuedAt().plusSeconds(10);
    return new Key.Generation(
        now.number() + 1,
        pick(DIGESTS),
        pick(DIGESTS),
        pick(soon, soon, soon, soon, idle.minus(MOMENT), idle, end.minus(MOMENT), end),
        Optional.of(
            new Key.Previous(
                now.access(),
                chance(90) ? now.refresh() : pick(DIGESTS),
                now.issuedAt(),
                chance(90) ? now.seal() : pick(DIGESTS),
                NOON)),
        pick(DIGESTS),
        attempt("renew"),
        Samples.issue(sometimes(pick(DIGESTS))));
  }

  private Revoker revoker(Key key) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Revoker.Owner(subject());
      case 2, 3 -> {
        var tokens = chance(75) ? key.tokenHashes().toList() : DIGESTS;
        yield new Revoker.Holder(near(key.terms().clientId()), pick(tokens));
      }
      default -> new Revoker.Server();
    };
  }

  /// The next step on the way from an enabled subject to a disabled one and back.
  private StoreStep enabling(AllStores stores) {
    var subject = subject();
    var row = stores.keys().findDisablement(subject);
    if (chance(20)) {
      return ofSubjects(stores);
    }
    return row.isBeingEnabled() && chance(80)
        ? new StoreStep.Finish(
            subject,
            chance(80) ? row.by().orElseThrow() : "another",
            pick(NOON, SINCE, SINCE.minus(MOMENT), SINCE.plus(MOMENT)))
        : new StoreStep.Reverse(subject, row, NOON, attempt("reverse"));
  }

  private StoreStep ofSubjects(AllStores stores) {
    var subject = subject();
    var now = pick(NOON, NOON.plus(MOMENT), SINCE, SINCE.minus(MOMENT), SINCE.plus(MOMENT));
    return switch (random.nextInt(10)) {
      case 0, 1 -> new StoreStep.SignOut(subject, now);
      case 2, 3 -> new StoreStep.Reverse(subject, seen(stores, subject), now, attempt("reverse"));
      case 4, 5 ->
          new StoreStep.ListKeys(subject, pick(StoreStep.Wanted.values()), 1 + random.nextInt(2));
      case 6 -> new StoreStep.FindDisablement(subject);
      case 7, 8 -> new StoreStep.Finish(subject, seen(stores, subject).by().orElse("another"), now);
      default -> new StoreStep.FindStanding(subject);
    };
  }

  /// The current row, or an earlier version of it.
  private Disablement seen(AllStores stores, Subject subject) {
    return chance(70)
        ? stores.keys().findDisablement(subject)
        : pick(Disablement.NEVER, new Disablement(true, Optional.empty(), Optional.of("another")));
  }

  private StoreStep ofLimits() {
    var window = chance(85) ? windows.getFirst() : windows.getLast();
    var attempt = attempt("limited");
    return switch (random.nextInt(7)) {
      case 0, 1 -> new StoreStep.Count(window, attempt);
      case 2 -> new StoreStep.IsFull(window);
      case 3, 4 -> new StoreStep.Reserve(window, attempt);
      default -> new StoreStep.GiveBack(window, attempt);
    };
  }

  /// A time near a boundary: of the code's lifetime, or of its next poll.
  private Instant moment(Grant grant) {
    var begin = grant.expiresAt().minus(Authorize.CODE_LIFETIME);
    var due = grant.pace().nextPollAt().minus(Pace.TOLERANCE);
    return chance(55)
        ? begin.plus(pick(Duration.ZERO, MOMENT, Duration.ofSeconds(5), Duration.ofSeconds(30)))
        : pick(due.minus(MOMENT), due, grant.expiresAt().minus(MOMENT), grant.expiresAt());
  }

  private Proof proof(Grant grant) {
    var challenge = grant.request().challenge();
    return new Proof(
        near(grant.request().clientId()),
        chance(90) ? grant.deviceSecret() : secret(),
        chance(90) ? challenge : pick(CHALLENGES));
  }

  private Claim claim(Grant grant) {
    var claim = grant.state().claimed().orElseGet(() -> new Claim(subject(), nonce()));
    return new Claim(
        chance(85) ? claim.subject() : subject(), chance(85) ? claim.nonce() : nonce());
  }

  private Approval approval(Consent consent) {
    var profile =
        pick(Samples.PROFILE, new Profile(Optional.empty(), Optional.empty(), Optional.empty()));
    return new Approval(consent, profile, pick(NOON, SINCE), chance(50), pick(DIGESTS));
  }

  private Consent consent() {
    return chance(40) ? Consent.TO_ALL : pick(CONSENTS);
  }

  private String near(String clientId) {
    return chance(90) ? clientId : client();
  }

  private String client() {
    return pick(CLIENTS);
  }

  private Subject subject() {
    return chance(70) ? subjects.getFirst() : subjects.getLast();
  }

  private Digest secret() {
    return DIGESTS.get(random.nextInt(2));
  }

  private Digest nonce() {
    return DIGESTS.get(2 + random.nextInt(2));
  }

  private String attempt(String of) {
    return of + "-" + random.nextInt(3);
  }

  private <T> Optional<T> sometimes(T it) {
    return chance(50) ? Optional.of(it) : Optional.empty();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> among) {
    return among.get(random.nextInt(among.size()));
  }

  @SafeVarargs
  private <T> T pick(T... among) {
    return among[random.nextInt(among.length)];
  }

  private Stream<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(number -> name + "-" + number);
  }

  private static Digest digest(int number) {
    var mac = new byte[32];
    Arrays.fill(mac, (byte) number);
    return Digest.of(1, mac);
  }

  private static Consent consent(Duration lifetime) {
    return new Consent(Optional.empty(), Optional.of(lifetime), Optional.empty());
  }

  private static Consent consent(Scope scope) {
    return new Consent(Optional.of(scope), Optional.empty(), Optional.empty());
  }

  private static Scope scope(String... tokens) {
    return new Scope(List.of(tokens));
  }
}
