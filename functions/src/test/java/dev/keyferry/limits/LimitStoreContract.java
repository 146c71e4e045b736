package dev.keyferry.limits;

import static dev.keyferry.flow.Samples.NOON;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Samples;
import dev.keyferry.limits.Limit.Window;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract of every store of counts.
public abstract class LimitStoreContract {
  private static final Limit THREE = new Limit("three", 3, Duration.ofMinutes(1));

  private final String who = "who#" + UUID.randomUUID();
  private final Window window = THREE.at(who, NOON);

  protected abstract LimitStore store();

  @Test
  public void it_counts_up_to_the_limit_and_no_further() {
    assertThat(List.of(count(window), count(window), count(window), count(window), count(window)))
        .containsExactly(true, true, true, false, false);
  }

  @Test
  public void a_repeated_count_counts_once() {
    var attempt = Samples.attempt();
    assertThat(store().count(window, attempt)).isTrue();
    assertThat(store().count(window, attempt)).isTrue();

    assertThat(List.of(count(window), count(window), count(window)))
        .containsExactly(true, true, false);
  }

  @Test
  public void the_repeated_last_count_is_within_the_limit_too() {
    var attempt = Samples.attempt();
    count(window);
    count(window);
    assertThat(store().count(window, attempt)).isTrue();

    assertThat(store().count(window, attempt)).isTrue();
    assertThat(count(window)).isFalse();
  }

  @Test
  public void a_window_is_full_when_the_limit_is_reached() {
    count(window);
    count(window);
    assertThat(store().isFull(window)).isFalse();

    count(window);
    assertThat(store().isFull(window)).isTrue();
  }

  @Test
  public void a_reservation_counts_until_it_is_released() {
    var attempts = Stream.generate(Samples::attempt).limit(3).toList();
    assertThat(attempts).allMatch(attempt -> store().reserve(window, attempt));
    assertThat(store().reserve(window, Samples.attempt())).isFalse();

    store().release(window, attempts.get(1));

    assertThat(store().reserve(window, Samples.attempt())).isTrue();
    assertThat(store().reserve(window, Samples.attempt())).isFalse();
  }

  @Test
  public void repeating_a_reservation_or_a_release_changes_nothing() {
    var attempts = Stream.generate(Samples::attempt).limit(3).toList();
    Stream.concat(attempts.stream(), attempts.stream())
        .forEach(attempt -> assertThat(store().reserve(window, attempt)).isTrue());
    store().release(window, attempts.getFirst());
    store().release(window, attempts.getFirst());

    assertThat(store().reserve(window, Samples.attempt())).isTrue();
    assertThat(store().reserve(window, Samples.attempt())).isFalse();
  }

  @Test
  public void only_a_reservation_can_be_released() {
    store().release(window, Samples.attempt());

    var attempts = Stream.generate(Samples::attempt).limit(3).toList();
    assertThat(attempts).allMatch(attempt -> store().reserve(window, attempt));
    store().release(window, Samples.attempt());
    assertThat(store().reserve(window, Samples.attempt())).isFalse();
  }

  @Test
  public void a_reservation_takes_nothing_from_the_count() {
    assertThat(store().reserve(window, Samples.attempt())).isTrue();
    assertThat(List.of(count(window), count(window), count(window), count(window)))
        .containsExactly(true, true, true, false);

    assertThat(store().reserve(window, Samples.attempt())).isTrue();
    assertThat(store().isFull(window)).isTrue();
  }

  @Test
  public void every_limit_subject_network_and_window_is_counted_separately() {
    nCopies(3, window).forEach(this::count);

    assertThat(count(new Limit("other", 3, THREE.window()).at(who, NOON))).isTrue();
    assertThat(count(THREE.at(who + "#", NOON))).isTrue();
    assertThat(count(THREE.at(who, NOON.plus(THREE.window())))).isTrue();
    assertThat(count(THREE.at(who, NOON.minus(THREE.window())))).isTrue();
  }

  @Test
  @Tag("race")
  public void concurrent_reservations_do_not_exceed_the_limit()
      throws InterruptedException, ExecutionException {
    assertThat(atOnce(() -> store().reserve(window, Samples.attempt()))).isEqualTo(3);
  }

  @Test
  @Tag("race")
  public void concurrent_counts_do_not_exceed_the_limit()
      throws InterruptedException, ExecutionException {
    assertThat(atOnce(() -> count(window))).isEqualTo(3);
  }

  private static int atOnce(Callable<Boolean> call)
      throws InterruptedException, ExecutionException {
    try (var pool = Executors.newFixedThreadPool(16)) {
      var within = 0;
      for (var done : pool.invokeAll(nCopies(64, call))) {
        within += done.get() ? 1 : 0;
      }
      return within;
    }
  }

  private boolean count(Window counted) {
    return store().count(counted, Samples.attempt());
  }
}
