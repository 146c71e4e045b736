package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Limit.Window;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What every store of counts promises.
public abstract class LimitStoreContract {
  private static final Limit THREE = new Limit("three", 3, Duration.ofMinutes(1));

  private final String who = "who#" + UUID.randomUUID();
  private final Window window = THREE.at(who, NOON);

  protected abstract LimitStore store();

  @Test
  void it_counts_up_to_the_limit_and_no_further() {
    assertThat(List.of(count(window), count(window), count(window), count(window), count(window)))
        .containsExactly(true, true, true, false, false);
  }

  @Test
  void a_count_that_is_repeated_is_the_same_count() {
    var attempt = Samples.attempt();
    assertThat(store().count(window, attempt)).isTrue();
    assertThat(store().count(window, attempt)).isTrue();

    assertThat(List.of(count(window), count(window), count(window)))
        .containsExactly(true, true, false);
  }

  @Test
  void the_last_count_repeated_is_within_the_limit_too() {
    var attempt = Samples.attempt();
    count(window);
    count(window);
    assertThat(store().count(window, attempt)).isTrue();

    assertThat(store().count(window, attempt)).isTrue();
    assertThat(count(window)).isFalse();
  }

  @Test
  void a_window_is_full_when_the_limit_is_reached() {
    count(window);
    count(window);
    assertThat(store().anyFull(List.of(window))).isFalse();

    count(window);
    assertThat(store().anyFull(List.of(window))).isTrue();
  }

  @Test
  void one_full_window_among_others_is_enough() {
    var empty = THREE.at("who#" + UUID.randomUUID(), NOON);
    nCopies(3, window).forEach(this::count);

    assertThat(store().anyFull(List.of(empty, window))).isTrue();
    assertThat(store().anyFull(List.of(empty))).isFalse();
    assertThat(store().anyFull(List.of())).isFalse();
  }

  @Test
  void every_limit_everyone_and_every_window_is_counted_apart() {
    nCopies(3, window).forEach(this::count);

    assertThat(count(new Limit("other", 3, THREE.window()).at(who, NOON))).isTrue();
    assertThat(count(THREE.at(who + "#", NOON))).isTrue();
    assertThat(count(THREE.at(who, NOON.plus(THREE.window())))).isTrue();
    assertThat(count(THREE.at(who, NOON.minus(THREE.window())))).isTrue();
  }

  @Test
  @Tag("race")
  void those_who_count_at_once_are_not_let_through_together()
      throws InterruptedException, ExecutionException {
    try (var pool = Executors.newFixedThreadPool(16)) {
      var within = 0;
      for (var counted : pool.invokeAll(nCopies(64, (Callable<Boolean>) () -> count(window)))) {
        within += counted.get() ? 1 : 0;
      }
      assertThat(within).isEqualTo(3);
    }
  }

  private boolean count(Window counted) {
    return store().count(counted, Samples.attempt());
  }
}
