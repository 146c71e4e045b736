package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.DEMO;
import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenForm;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.Key.Issue;
import dev.keyferry.flow.Key.Previous;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests of RFC 7009, with the row of a device that refreshed once.
final class RevokeTest {
  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final List<Event> events = new ArrayList<>();
  private final Revoke revocation =
      new Revoke(keys, hasher, new Environment(clock, new Random(), events::add));

  private final RefreshToken before = Samples.first(hasher, 1, Samples.deviceCode());
  private final RefreshToken present = before.next(hasher, 1, 0);
  private final KeyId id = present.id();

  @BeforeEach
  void link() {
    var sample = Samples.key(Samples.renewable(Samples.subject(), NOON));
    var previous =
        new Previous(
            hash(before.access(hasher, 1).bytes()), hash(before.bytes()), NOON, Digest.NONE, NOON);
    var generation =
        new Generation(
            1,
            hash(present.access(hasher, 1).bytes()),
            hash(present.bytes()),
            NOON,
            Optional.of(previous),
            Digest.NONE,
            Samples.attempt(),
            Issue.unknown(Optional.empty()));
    keys.putIfAbsent(
        new Key(id, sample.terms(), Digest.NONE, generation, Optional.empty(), Optional.empty()));
  }

  private Digest hash(byte[] token) {
    return hasher.digest(Purpose.KEY, token);
  }

  private boolean isRevoked() {
    return keys.find(id).orElseThrow().revokedAt().isPresent();
  }

  @Test
  void either_token_revokes_the_device_and_records_it_once() {
    revocation.revoke(CLI, present.access(hasher, 1).reveal());

    assertThat(keys.find(id).orElseThrow().revokedAt()).contains(NOON);
    assertThat(events).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    revocation.revoke(CLI, present.reveal());
    assertThat(keys.find(id).orElseThrow().revokedAt()).contains(NOON);
    assertThat(events).singleElement().extracting(Event::kind).isEqualTo(Kind.REVOKED);
    assertThat(events.getFirst().facts())
        .containsEntry("by", "client")
        .containsEntry("key_id", id.value());
  }

  @Test
  void the_refresh_token_works_without_the_access_token() {
    revocation.revoke(CLI, present.reveal());
    assertThat(isRevoked()).isTrue();
  }

  @Test
  void the_previous_tokens_revoke_it_too() {
    revocation.revoke(CLI, before.reveal());
    assertThat(isRevoked()).isTrue();
  }

  @Test
  void tokens_of_any_generation_and_of_a_dead_branch_revoke_it() {
    var dead = before.next(hasher, 1, 1);
    for (var token :
        List.of(
            dead.reveal(),
            dead.access(hasher, 1).reveal(),
            present.next(hasher, 1, 0).next(hasher, 1, 0).reveal(),
            present.next(hasher, 1, 0).access(hasher, 1).reveal())) {
      keys.forge(id, key -> Samples.unrevoked(key));
      revocation.revoke(DEMO, token);
      assertThat(isRevoked()).isFalse();
      revocation.revoke(CLI, token);
      assertThat(isRevoked()).isTrue();
    }
  }

  @Test
  void a_genuine_token_of_a_version_that_is_gone_revokes_nothing() {
    var older = present.next(hasher, 1, 0).next(hasher, 1, 0).reveal();
    hasher.rotateTo(3);
    revocation.revoke(CLI, older);
    assertThat(isRevoked()).isFalse();
  }

  @Test
  void a_token_hashed_under_the_previous_version_revokes_it_after_a_rotation() {
    hasher.rotateTo(2);
    revocation.revoke(CLI, present.reveal());
    assertThat(isRevoked()).isTrue();
  }

  @Test
  void another_client_revokes_nothing_before_or_after_a_rotation() {
    revocation.revoke(DEMO, present.reveal());
    hasher.rotateTo(2);
    revocation.revoke(DEMO, present.reveal());
    assertThat(isRevoked()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void a_token_with_only_the_devices_id_revokes_nothing() {
    var secret = new byte[TokenForm.SECRET_BYTES];
    for (var form : TokenForm.values()) {
      revocation.revoke(CLI, form.write(TokenPrefix.DEFAULT, id, secret));
    }
    assertThat(isRevoked()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void a_text_that_is_no_token_revokes_nothing() {
    revocation.revoke(CLI, "kf_" + id.value());
    revocation.revoke(CLI, "");
    assertThat(isRevoked()).isFalse();
  }
}
