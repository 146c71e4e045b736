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
  void a_subject_stays_disabled_until_it_is_enabled() {
    assertThat(operator.disable(subject)).isTrue();
    assertThat(operator.disable(subject)).as("already done").isFalse();
    assertThat(isDisabled()).isTrue();

    assertThat(operator.enable(subject)).isTrue();
    assertThat(operator.enable(subject)).as("already done").isFalse();
    assertThat(isDisabled()).isFalse();

    assertThat(operator.disable(subject)).isTrue();
    assertThat(events)
        .extracting(Event::kind)
        .containsExactly(Kind.SUBJECT_DISABLED, Kind.SUBJECT_ENABLED, Kind.SUBJECT_DISABLED);
  }

  @Test
  void a_subject_that_was_never_disabled_cannot_be_enabled() {
    assertThat(operator.enable(subject)).isFalse();
    assertThat(keys.findDisablement(subject)).isEqualTo(Disablement.NEVER);
    assertThat(events).isEmpty();
  }

  @Test
  void an_enabling_has_the_time_at_which_its_first_write_was_done() {
    operator.disable(subject);

    operator.enable(subject);

    assertThat(keys.findDisablement(subject).enabledAt()).contains(NOON);
  }

  @Test
  void an_enabling_that_did_not_finish_is_finished_by_the_next_call() {
    operator.disable(subject);
    operator.beginEnabling(subject);
    assertThat(isDisabled()).isFalse();
    assertThat(keys.findDisablement(subject).isBeingEnabled()).isTrue();

    assertThat(operator.enable(subject)).as("already enabled").isFalse();

    assertThat(keys.findDisablement(subject).enabledAt()).contains(NOON);
    assertThat(events).extracting(Event::kind).endsWith(Kind.SUBJECT_ENABLED).hasSize(2);
  }

  @Test
  void an_enabling_that_was_reversed_meanwhile_is_not_finished() {
    operator.disable(subject);
    var begun = operator.beginEnabling(subject);
    operator.disable(subject);
    var again = operator.beginEnabling(subject);

    operator.finishEnabling(subject, begun.row());

    assertThat(keys.findDisablement(subject)).isEqualTo(again.row());
  }

  @Test
  void a_row_that_changes_between_the_read_and_the_write_is_read_again() {
    var operator =
        readingBefore(() -> {
          reverse();
          reverse();
        });

    assertThat(operator.disable(subject)).isTrue();

    assertThat(isDisabled()).isTrue();
    assertThat(events).hasSize(1);
  }

  @Test
  void an_operator_who_finds_it_already_done_changes_nothing() {
    assertThat(readingBefore(this::reverse).disable(subject)).isFalse();

    assertThat(isDisabled()).isTrue();
    assertThat(events).isEmpty();
  }

  /// An operator whose colleagues act between the read and the write.
  private Disabling readingBefore(Runnable colleagues) {
    var store = Overtaken.store(KeyStore.class, keys, "toggleDisabled", colleagues);
    return new Disabling(store, new Environment(() -> NOON, new SplittableRandom(2), events::add));
  }

  private void reverse() {
    keys.toggleDisabled(subject, keys.findDisablement(subject), NOON, Samples.attempt());
  }
}
