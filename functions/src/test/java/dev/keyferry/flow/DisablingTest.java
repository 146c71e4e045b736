package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Disablement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DisablingTest {
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final List<Event> events = new ArrayList<>();
  private final Disabling operator =
      new Disabling(keys, new Environment(() -> NOON, new SplittableRandom(1), events::add));
  private final Subject subject = Samples.subject();

  private boolean isDisabled() {
    return keys.findStanding(subject).disabled();
  }

  @Test
  void a_subject_stays_disabled_until_that_is_lifted() {
    assertThat(operator.disable(subject)).isTrue();
    assertThat(operator.disable(subject)).as("it is so already").isFalse();
    assertThat(isDisabled()).isTrue();

    assertThat(operator.enable(subject)).isTrue();
    assertThat(operator.enable(subject)).as("it is so already").isFalse();
    assertThat(isDisabled()).isFalse();

    assertThat(operator.disable(subject)).isTrue();
    assertThat(events)
        .extracting(Event::kind)
        .containsExactly(Kind.SUBJECT_DISABLED, Kind.SUBJECT_ENABLED, Kind.SUBJECT_DISABLED);
  }

  @Test
  void who_was_never_disabled_is_not_enabled() {
    assertThat(operator.enable(subject)).isFalse();
    assertThat(keys.findDisablement(subject)).isEqualTo(Disablement.NEVER);
    assertThat(events).isEmpty();
  }

  @Test
  void what_others_change_between_the_look_and_the_write_is_looked_at_again() {
    var operator =
        whoLooksBefore(() -> {
          reverse();
          reverse();
        });

    assertThat(operator.disable(subject)).isTrue();

    assertThat(isDisabled()).isTrue();
    assertThat(events).hasSize(1);
  }

  @Test
  void who_finds_it_done_by_another_meanwhile_changed_nothing() {
    assertThat(whoLooksBefore(this::reverse).disable(subject)).isFalse();

    assertThat(isDisabled()).isTrue();
    assertThat(events).isEmpty();
  }

  /// An operator whose colleagues do this between the look and the write.
  private Disabling whoLooksBefore(Runnable colleagues) {
    var store = Overtaken.store(KeyStore.class, keys, "toggleDisabled", colleagues);
    return new Disabling(store, new Environment(() -> NOON, new SplittableRandom(2), events::add));
  }

  private void reverse() {
    keys.toggleDisabled(subject, keys.findDisablement(subject), NOON, Samples.attempt());
  }
}
