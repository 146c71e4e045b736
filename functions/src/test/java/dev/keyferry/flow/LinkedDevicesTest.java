package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Revoker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LinkedDevicesTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  private final TestClock clock = new TestClock(NOON);
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final List<Event> audited = new ArrayList<>();
  private final LinkedDevices devices =
      new LinkedDevices(keys, new Environment(clock, new Random(), audited::add));
  private final Subject subject = Samples.subject();

  private Key link(Key key) {
    assertThat(keys.putIfAbsent(key)).isTrue();
    return key;
  }

  private void assertListedUntil(Key key, Instant end) {
    clock.set(end.minus(MILLISECOND));
    assertThat(devices.of(subject).keys()).containsExactly(key);
    clock.set(end);
    assertThat(devices.of(subject).keys()).isEmpty();
    clock.set(end.plus(MILLISECOND));
    assertThat(devices.of(subject).keys()).isEmpty();
  }

  @Test
  void a_key_is_listed_until_it_expires() {
    var key = link(Samples.key(subject, NOON));
    assertListedUntil(key, NOON.plus(key.terms().lifetime()));
  }

  @Test
  void a_refreshable_key_is_listed_until_it_was_idle_for_thirty_days() {
    var key = link(Samples.key(Samples.renewable(subject, NOON)));
    assertListedUntil(key, NOON.plus(Key.LONGEST_IDLE));
  }

  @Test
  void keys_approved_at_a_sign_out_or_earlier_are_not_listed() {
    var key = link(Samples.key(subject, NOON));
    keys.signOut(subject, NOON.minus(MILLISECOND));
    assertThat(devices.of(subject).keys()).containsExactly(key);

    devices.signOut(subject);
    assertThat(devices.of(subject).keys()).isEmpty();
    clock.advance(MILLISECOND);
    devices.signOut(subject);
    assertThat(devices.of(subject).keys()).isEmpty();
  }

  @Test
  void a_revoked_key_is_not_listed() {
    var key = link(Samples.key(subject, NOON));
    keys.revoke(key.id(), new Revoker.Server(), NOON);
    assertThat(devices.of(subject).keys()).isEmpty();
  }

  @Test
  void the_list_has_a_maximum_length() {
    IntStream.range(0, LinkedDevices.MOST_LISTED)
        .forEach(second -> link(Samples.key(subject, NOON.minusSeconds(second))));
    assertThat(devices.of(subject).more()).isFalse();
    link(Samples.key(subject, NOON.minus(Duration.ofHours(1))));

    var listing = devices.of(subject);

    assertThat(listing.keys()).hasSize(LinkedDevices.MOST_LISTED);
    assertThat(listing.more()).isTrue();
    assertThat(listing.keys().getFirst().terms().createdAt()).isEqualTo(NOON);
  }

  @Test
  void an_unreadable_row_hides_no_other_and_is_recorded() {
    var key = link(Samples.key(subject, NOON));
    var other = link(Samples.key(subject, NOON));
    assertThat(devices.of(subject).keys()).containsExactlyInAnyOrder(key, other);
    assertThat(audited).isEmpty();

    keys.spoil(other.id());

    assertThat(devices.of(subject).keys()).containsExactly(key);
    assertThat(audited)
        .containsExactly(new Event(Kind.ROW_UNREADABLE, Map.of("subject", subject.value())));
  }
}
