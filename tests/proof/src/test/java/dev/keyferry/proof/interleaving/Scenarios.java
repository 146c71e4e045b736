package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.DEMO;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.proof.interleaving.DeviceLogin.ADA;
import static dev.keyferry.proof.interleaving.DeviceLogin.BOB;

import dev.keyferry.flow.Approver;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The scenarios that are explored exhaustively.
final class Scenarios {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration TO_EXPIRY = Authorize.CODE_LIFETIME;
  private static final Duration GRACE = Duration.ofSeconds(30);

  /// One scenario for each thing that can go wrong, the quickest first.
  static final List<Scenario> SMALL =
      List.of(
          decisions(),
          twoScreens(),
          tooMuch(),
          expiry(),
          signedOut(),
          disabled(),
          approvedWhileDisabled(),
          browserWhileDisabled(),
          twoOperators(),
          thieves(),
          numbers(1, 2),
          numbers(0, 4),
          subjects(),
          twoRows(),
          browserInTime(),
          browser(),
          revocations(),
          refreshes(),
          twoNetworks(),
          uses(),
          rhythm(),
          lateScreen(),
          refreshesInTime());

  private Scenarios() {}

  static Scenario small(String name) {
    return SMALL.stream()
        .filter(scenario -> scenario.name().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  private static Scenario decisions() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "an approval, a denial and two polls",
        login,
        1,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.poller(login, "its retry", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            device.denier("ada elsewhere", ADA)));
  }

  private static Scenario twoScreens() {
    var device = DeviceLogin.of(Samples.request(NOON)).claimedBy(ADA);
    var login = device.login();
    return device.scenario(
        "screens of two users",
        login,
        1,
        List.of(
            device.approvesThere("ada", Samples.approver(ADA), Consent.TO_ALL),
            device.approvesThere("bob, on ada's", Samples.approver(BOB), Consent.TO_ALL),
            device.approver("bob", BOB, Consent.TO_ALL),
            device.approver("ada, anew", ADA, Consent.TO_ALL),
            device.denier("bob elsewhere", BOB)));
  }

  private static Scenario tooMuch() {
    var device = DeviceLogin.of(Samples.request(NOON)).claimedBy(ADA);
    var wide =
        new Consent(
            Optional.of(new Scope(List.of("read", "admin"))), Optional.empty(), Optional.empty());
    var longer = new Consent(Optional.empty(), Optional.of(Duration.ofDays(2)), Optional.empty());
    return device.scenario(
        "more than was requested",
        device.login(),
        0,
        List.of(
            device.approvesThere("wide", Samples.approver(ADA), wide),
            device.approvesThere("long", Samples.approver(ADA), longer)));
  }

  private static Scenario rhythm() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login();
    return device.scenario(
        "polls that are early",
        login,
        1,
        List.of(
            device.poller(login, "the device", "", 2),
            device.poller(login, "its twin", "", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            Actor.clock(INTERVAL)));
  }

  private static Scenario expiry() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "the code expires",
        login,
        0,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.poller(login, "its retry", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            device.denier("ada elsewhere", ADA),
            Actor.clock(TO_EXPIRY)));
  }

  private static Scenario lateScreen() {
    var device = DeviceLogin.of(Samples.request(NOON)).approvedBy(Samples.approver(ADA));
    var login = device.login("one");
    return device.scenario(
        "an approved code expires, a delivered key is no longer repeated",
        login,
        1,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.poller(login, "its retry", "one", 1),
            device.poller(login, "another", "", 1),
            device.denier("ada", ADA),
            Actor.clock(Duration.ofSeconds(60), TO_EXPIRY.minusSeconds(60))));
  }

  private static Scenario signedOut() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "a sign-out in the same millisecond, or the next",
        login,
        1,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            Actor.of("ada elsewhere", Requests.signOut(ADA)),
            Actor.clock(MILLISECOND)));
  }

  private static Scenario disabled() {
    var device = DeviceLogin.of(Samples.request(NOON)).approvedBy(Samples.approver(ADA));
    var login = device.login("one");
    return device.scenario(
        "an operator disables the user, and enables her again",
        login,
        2,
        List.of(
            device.user(login, "the device", "one"),
            device.poller(login, "its retry", "one", 1),
            device.denier("ada", ADA),
            Actor.operator("the operator", ADA, true)));
  }

  private static Scenario approvedWhileDisabled() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "an approval while the user is disabled",
        login,
        1,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            Actor.operator("the operator", ADA, true),
            Actor.clock(MILLISECOND)));
  }

  private static Scenario twoOperators() {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "an approval while two operators disable and enable the user",
        login,
        0,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            Actor.operator("the operator", ADA, true),
            Actor.operator("her colleague", ADA, true),
            Actor.clock(MILLISECOND)));
  }

  private static Scenario browserWhileDisabled() {
    var browser = new BrowserLogin("one");
    return browser.scenario(
        "the browser flow, and an operator disables the user and enables her again",
        1,
        browser.approver("ada"),
        browser.redeemer("the client", "one"),
        browser.redeemer("another", ""),
        Actor.operator("the operator", ADA, true));
  }

  private static Scenario thieves() {
    var device = DeviceLogin.of(Samples.challenged(Samples.request(NOON)));
    var login = device.login("one");
    return device.scenario(
        "others poll for the device's key",
        login,
        0,
        List.of(
            device.thief(),
            device.otherClient(),
            device.eavesdropper(),
            device.poller(login, "the device", "one", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            Actor.clock(INTERVAL)));
  }

  private static Scenario numbers(int faults, int guesses) {
    var device =
        DeviceLogin.of(Samples.confirming(Samples.request(NOON)))
            .approvedBy(new Approver(ADA, Samples.PROFILE, Origin.parse("198.51.100.9"), true));
    var login = device.login("one");
    var right = device.number().orElseThrow().number();
    var guessers =
        IntStream.range(0, guesses)
            .mapToObj(guess -> device.guesser("guesser " + guess, 10 + (right + guess - 9) % 90));
    return device.scenario(
        guesses + " wrong numbers",
        login,
        faults,
        Stream.concat(
                guessers,
                Stream.of(device.poller(login, "the device", "one", 1), device.denier("ada", ADA)))
            .toList());
  }

  private static Scenario browser() {
    var browser = new BrowserLogin("one");
    return browser.scenario(
        "the browser flow",
        1,
        browser.approver("ada"),
        browser.approver("ada, once more"),
        browser.redeemer("the client", "one"),
        browser.redeemer("its retry", "one"),
        browser.redeemer("another", ""),
        Actor.of("ada elsewhere", Requests.signOut(ADA)));
  }

  private static Scenario browserInTime() {
    var browser = new BrowserLogin("one");
    return browser.scenario(
        "a browser's code expires",
        0,
        browser.approver("ada"),
        browser.approver("ada, once more"),
        browser.redeemer("the client", "one"),
        browser.redeemer("its retry", "one"),
        Actor.clock(AuthorizationScreens.CODE_LIFETIME));
  }

  private static Scenario refreshes() {
    var device = new LinkedDevice();
    return device.scenario(
        "refreshes of one token, and an older one",
        1,
        device.refresher("the client", 0, "one"),
        device.refresher("its retry", 0, "one"),
        device.refresher("another", 0, "two"),
        device.refresher("a thief", 1, ""),
        device.revoker("the client's logout"));
  }

  private static Scenario twoNetworks() {
    var device = new LinkedDevice();
    return device.scenario(
        "a refresh whose answer may be lost, and the same in another network",
        1,
        device.refresherAndUser("the client", "one"),
        device.refresherElsewhere("its retry elsewhere", "one"),
        device.thief("a thief"),
        Actor.clock(GRACE));
  }

  private static Scenario refreshesInTime() {
    var device = new LinkedDevice();
    return device.scenario(
        "refreshes, and the grace goes by",
        1,
        device.refresherTwice("the client", "one"),
        device.refresher("its retry", 0, "one"),
        Actor.of("ada elsewhere", Requests.signOut(ADA)),
        device.otherClientRefreshing("another client", DEMO),
        Actor.clock(GRACE));
  }

  private static Scenario revocations() {
    var device = new LinkedDevice();
    return device.scenario(
        "revocations",
        1,
        device.refresher("the client", 0, ""),
        device.owner("ada"),
        device.revoker("the client's logout"),
        device.otherUser("bob", BOB),
        device.otherClient("another client", DEMO),
        device.holderOfAnOldToken("the holder of an old token"),
        device.holderOfGarbage("the holder of garbage"),
        Actor.clock(MILLISECOND));
  }

  private static Scenario subjects() {
    var device = new LinkedDevice();
    return device.scenario(
        "the user's standing",
        2,
        Actor.of("the operator", Requests.disable(ADA)),
        Actor.operator("her colleague", ADA, true),
        Actor.of("ada", Requests.signOut(ADA)),
        Actor.of("ada elsewhere", Requests.signOut(ADA)),
        Actor.clock(MILLISECOND));
  }

  private static Scenario uses() {
    var device = new LinkedDevice();
    return device.scenario(
        "the note of the last use",
        1,
        device.user("the client"),
        device.user("the client, at once"),
        device.refresher("its refresh", 0, "one"),
        device.owner("ada"),
        Actor.clock(Duration.ofHours(1)));
  }

  private static Scenario twoRows() {
    var device = new LinkedDevice();
    return device.scenario(
        "a key and its user's standing change in turn",
        0,
        device.user("the client"),
        device.refresher("its refresh", 0, "one"),
        device.refresher("its retry", 0, "one"),
        device.owner("ada"),
        Actor.of("ada elsewhere", Requests.signOut(ADA)),
        Actor.operator("the operator", ADA, true));
  }

  /// Each scenario. Those in which a key may be repeated, refreshed or used come once more without
  /// faults, with the other order of reads.
  static Stream<Scenario> small() {
    return Stream.concat(
        SMALL.stream(),
        SMALL.stream()
            .filter(scenario -> !scenario.login().names().isEmpty())
            .map(scenario -> scenario.reading(Reads.STANDING_FIRST).withFaults(0)));
  }

  /// A scenario with all actors.
  ///
  /// @param kinds at most one fault of these
  /// @param step of the clock
  static Scenario everyone(Set<Fault> kinds, Duration step) {
    var device = DeviceLogin.of(Samples.request(NOON));
    var login = device.login("one");
    return device.scenario(
        "everyone, a step of " + step + ", one of " + kinds,
        login,
        kinds.isEmpty() ? 0 : 1,
        kinds,
        List.of(
            device.poller(login, "the device", "one", 1),
            device.poller(login, "its retry", "one", 1),
            device.poller(login, "another", "", 1),
            device.approver("ada", ADA, Consent.TO_ALL),
            device.approver("bob", BOB, Consent.TO_ALL),
            device.denier("ada elsewhere", ADA),
            Actor.of("ada at last", Requests.signOut(ADA)),
            Actor.clock(step)));
  }
}
