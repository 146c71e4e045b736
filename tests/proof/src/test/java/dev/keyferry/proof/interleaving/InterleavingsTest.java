package dev.keyferry.proof.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Conditions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests that the promises hold in every order and under every fault. A failure prints its
/// schedule, one line per call.
final class InterleavingsTest {
  /// The number of random orders: `-Dschedules=…`.
  private static final long SCHEDULES = Long.getLong("schedules", 100_000);

  /// The seed of the random orders: `-Dschedules.seed=…`.
  private static final long SEED = Long.getLong("schedules.seed", 8628);

  private static final int OF_EACH_CROWD = 4_000;
  private static final int CALLS_FOR_A_FAULT = 20;

  /// The scenarios of every build, or also the slow ones: `-Dinterleavings=all`.
  static Stream<Scenario> inFull() {
    var everyone =
        Stream.of(Duration.ofMillis(1), Duration.ofMinutes(10))
            .map(step -> Scenarios.everyone(Set.of(), step));
    var large =
        "all".equals(System.getProperty("interleavings"))
            ? Stream.concat(withTwoFaults(), withEachFault())
            : Stream.<Scenario>of();
    return Stream.of(Scenarios.small(), everyone, large).flatMap(Function.identity());
  }

  private static Stream<Scenario> withTwoFaults() {
    return Scenarios.SMALL.stream()
        .filter(scenario -> scenario.faults() == 1)
        .map(scenario -> scenario.withFaults(2));
  }

  private static Stream<Scenario> withEachFault() {
    return EnumSet.complementOf(EnumSet.of(Fault.NONE)).stream()
        .flatMap(fault ->
            Stream.of(Duration.ofMillis(1), Duration.ofSeconds(5), Duration.ofMinutes(10))
                .map(step -> Scenarios.everyone(Set.of(fault), step)));
  }

  @ParameterizedTest
  @MethodSource("inFull")
  void every_order_keeps_every_promise(Scenario scenario) {
    var coverage = new Explorer(scenario, Conditions.ALL).all();

    assertThat(coverage.orders()).isGreaterThan(1);
    System.out.printf(
        "%s: %,d states, %,d steps, %.3g orders%n",
        scenario, coverage.states(), coverage.steps(), coverage.orders());
  }

  @Test
  void random_orders_of_many_actors_keep_every_promise() {
    var steps =
        LongStream.range(0, SCHEDULES / OF_EACH_CROWD)
            .parallel()
            .map(crowd -> draw(SEED + crowd))
            .sum();

    assertThat(steps).isGreaterThan(SCHEDULES);
    System.out.printf("%,d random orders: %,d steps%n", SCHEDULES, steps);
  }

  /// The seed is the number in the scenario's name.
  private static long draw(long seed) {
    var crowd = new Explorer(RandomScenario.of(seed), Conditions.ALL);
    var random = new SplittableRandom(seed);
    long steps = 0;
    for (int order = 0; order < OF_EACH_CROWD; order++) {
      steps += crowd.one(random, CALLS_FOR_A_FAULT);
    }
    return steps;
  }
}
