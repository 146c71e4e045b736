package dev.keyferry.flow.interleaving;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.keyferry.flow.Conditions;
import dev.keyferry.flow.Samples;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What the explorer makes of flows that are wrong: it must not miss it.
final class WrongFlowTest {
  private static final DeviceLogin DEVICE = DeviceLogin.of(Samples.request(NOON));

  @Test
  void a_flow_that_looks_at_the_clock_after_a_store_answered_is_not_taken() {
    assertNotTaken(
        flows -> {
          var heard = DEVICE.login().poll().apply(flows, Optional.empty());
          flows.clock().instant();
          return heard;
        },
        "whoever asks reads the clock");
  }

  @Test
  void a_flow_that_asks_a_store_before_it_looks_at_the_clock_is_not_taken() {
    assertNotTaken(
        flows -> {
          flows.keys().findStanding(DeviceLogin.ADA);
          return DEVICE.login().poll().apply(flows, Optional.empty());
        },
        "whoever asks findStanding(ada)");
  }

  private static void assertNotTaken(Function<Flows, Heard> flow, String reason) {
    var cast = List.of(Actor.of("somebody", Request.of("asks", flow)));
    var scenario = DEVICE.scenario("another order of calls", DEVICE.login(), 0, cast);

    assertThatIllegalStateException()
        .isThrownBy(() -> new Interleavings(scenario, Conditions.ALL).all())
        .withMessageStartingWith(reason);
  }
}
