package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.proof.interleaving.DeviceLogin.ADA;
import static dev.keyferry.proof.interleaving.DeviceLogin.BOB;

import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/// A random scenario with more actors, clock steps and faults than an exhaustive search can cover.
final class RandomScenario {
  private static final List<String> NAMES = List.of("one", "two", "");
  private static final List<Duration> STEPS =
      List.of(
          Duration.ofMillis(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(595));
  private static final int MOST_FAULTS = 4;

  private final RandomGenerator random;
  private final List<Actor> actors = new ArrayList<>();

  private RandomScenario(long seed) {
    random = new SplittableRandom(seed);
  }

  static Scenario of(long seed) {
    var crowd = new RandomScenario(seed);
    var scenario = seed % 2 == 0 ? crowd.forLogin(seed) : crowd.forLinkedDevice(seed);
    return scenario.reading(seed % 4 < 2 ? Reads.KEY_FIRST : Reads.STANDING_FIRST);
  }

  private Scenario forLogin(long seed) {
    var device = DeviceLogin.of(Samples.challenged(Samples.request(NOON)));
    var login = device.login("one", "two");
    add(2, 5, each -> device.poller(login, "poller " + each, name(), 1 + random.nextInt(4)));
    add(1, 3, each -> device.approver("approver " + each, subject(), consent()));
    add(0, 2, each -> device.denier("denier " + each, subject()));
    add(0, 1, _ -> device.thief());
    add(0, 1, _ -> device.eavesdropper());
    addUsers();
    return device.scenario("crowd " + seed, login, random.nextInt(MOST_FAULTS + 1), actors);
  }

  private Scenario forLinkedDevice(long seed) {
    var device = new LinkedDevice();
    add(1, 3, each -> device.refresher("refresher " + each, 0, name()));
    add(0, 2, each -> device.refresherTwice("chain " + each, name()));
    add(0, 1, each -> device.refresher("straggler " + each, 1 + random.nextInt(2), name()));
    add(0, 2, each -> device.user("user " + each));
    add(0, 1, each -> device.revoker("logout " + each));
    add(0, 1, each -> device.owner("owner " + each));
    add(0, 1, each -> device.otherUser("other user " + each, BOB));
    addUsers();
    return device.scenario(
        "crowd " + seed, random.nextInt(MOST_FAULTS + 1), actors.toArray(Actor[]::new));
  }

  private void addUsers() {
    add(0, 2, each -> Actor.of("sign-out " + each, Requests.signOut(subject())));
    add(0, 1, each -> Actor.operator("operator " + each, ADA, true));
    var steps = new Duration[random.nextInt(5)];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = STEPS.get(random.nextInt(STEPS.size()));
    }
    actors.add(Actor.clock(steps));
  }

  private void add(int least, int most, IntFunction<Actor> actor) {
    var number = random.nextInt(least, most + 1);
    for (int each = 1; each <= number; each++) {
      actors.add(actor.apply(each));
    }
  }

  private String name() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private Subject subject() {
    return random.nextInt(3) > 0 ? ADA : BOB;
  }

  private Consent consent() {
    return random.nextBoolean()
        ? Consent.TO_ALL
        : new Consent(Optional.empty(), Optional.of(Duration.ofHours(1)), Optional.empty());
  }
}
