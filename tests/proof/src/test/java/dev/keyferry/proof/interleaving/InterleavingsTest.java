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

/// Whoever comes first, and whatever goes wrong: the promises are kept. What failed is told by its
/// schedule, a line for each call.
final class InterleavingsTest {
  /// More of them: `-Dschedules=…`.
  private static final long SCHEDULES = Long.getLong("schedules", 100_000);

  /// Another one tries other crowds: `-Dschedules.seed=…`.
  private static final long SEED = Long.getLong("schedules.seed", 8628);

  private static final int OF_EACH_CROWD = 4_000;
  private static final int CALLS_FOR_A_FAULT = 20;

  /// In every build; and what takes long too: `-Dinterleavings=all`.
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
    var coverage = new Interleavings(scenario, Conditions.ALL).all();

    assertThat(coverage.orders()).isGreaterThan(1);
    System.out.printf(
        "%s: %,d states, %,d steps, %.3g orders%n",
        scenario, coverage.states(), coverage.steps(), coverage.orders());
  }

  @Test
  void orders_drawn_by_lot_keep_every_promise_in_larger_crowds() {
    var steps =
        LongStream.range(0, SCHEDULES / OF_EACH_CROWD)
            .parallel()
            .map(crowd -> draw(SEED + crowd))
            .sum();

    assertThat(steps).isGreaterThan(SCHEDULES);
    System.out.printf("%,d orders drawn by lot: %,d steps%n", SCHEDULES, steps);
  }

  /// Its seed is the number in the name of the crowd.
  private static long draw(long seed) {
    var crowd = new Interleavings(Crowd.of(seed), Conditions.ALL);
    var random = new SplittableRandom(seed);
    long steps = 0;
    for (int order = 0; order < OF_EACH_CROWD; order++) {
      steps += crowd.one(random, CALLS_FOR_A_FAULT);
    }
    return steps;
  }
}
