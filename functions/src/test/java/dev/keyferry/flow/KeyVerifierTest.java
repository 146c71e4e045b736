package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.State.Approved;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KeyVerifierTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Instant HOUR = NOON.truncatedTo(ChronoUnit.HOURS);

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final KeyVerifier verifier = new KeyVerifier(keys, hasher, clock);
  private final Subject subject = Samples.subject();
  private final AccessToken token = AccessToken.derive(hasher, 1, Samples.deviceCode());
  private final Key key = mint(token);

  private Key mint(AccessToken of) {
    var grant = Samples.grant(Samples.request(NOON));
    var claim = new Claim(subject, Samples.digest());
    var approved = new Approved(claim, new Approval(Consent.TO_ALL, NOON, Samples.digest()));
    return Key.mint(hasher, of, grant, approved, CLI, NOON);
  }

  @BeforeEach
  void store() {
    assertThat(keys.putIfAbsent(key)).isTrue();
  }

  @Test
  void a_genuine_living_key_opens_the_door() {
    assertThat(verifier.verify(token)).contains(key);
  }

  @Test
  void an_unknown_key_does_not() {
    assertThat(verifier.verify(AccessToken.derive(hasher, 1, Samples.deviceCode()))).isEmpty();
  }

  @Test
  void a_token_with_the_right_id_and_another_secret_does_not() {
    var other = AccessToken.derive(hasher, 1, Samples.deviceCode());
    keys.forge(key.id(), _ -> mint(other));

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_key_is_dead_at_the_very_moment_of_its_expiry() {
    clock.set(key.expiresAt().minus(MILLISECOND));
    assertThat(verifier.verify(token)).isPresent();

    clock.set(key.expiresAt());
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_revoked_key_is_dead() {
    keys.revoke(key.id(), NOON);

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void the_key_of_a_disabled_subject_is_dead() {
    keys.disable(subject);

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void signing_out_everywhere_kills_what_is_not_newer() {
    keys.signOut(subject, key.createdAt().minus(MILLISECOND));
    assertThat(verifier.verify(token)).isPresent();

    keys.signOut(subject, key.createdAt());
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void an_edited_row_opens_nothing() {
    var other = Samples.key(Samples.subject(), NOON);
    List<Key> forgeries =
        List.of(
            row(other.hash(), key.seal(), "cli", subject, key.scope(), NOON, key.expiresAt()),
            row(key.hash(), other.seal(), "cli", subject, key.scope(), NOON, key.expiresAt()),
            row(key.hash(), key.seal(), "demo", subject, key.scope(), NOON, key.expiresAt()),
            row(key.hash(), key.seal(), "cli", other.subject(), key.scope(), NOON, key.expiresAt()),
            row(
                key.hash(),
                key.seal(),
                "cli",
                subject,
                new Scope(List.of("read", "write", "admin")),
                NOON,
                key.expiresAt()),
            row(
                key.hash(),
                key.seal(),
                "cli",
                subject,
                key.scope(),
                NOON.plus(MILLISECOND),
                key.expiresAt()),
            row(
                key.hash(),
                key.seal(),
                "cli",
                subject,
                key.scope(),
                NOON,
                key.expiresAt().plus(MILLISECOND)));

    for (var forgery : forgeries) {
      keys.forge(key.id(), _ -> forgery);
      assertThat(verifier.verify(token)).as("%s", forgery).isEmpty();
    }
    keys.forge(key.id(), _ -> key);
    assertThat(verifier.verify(token)).isPresent();
  }

  @Test
  void a_row_without_a_seal_opens_nothing() {
    var unsealed = new Digest(0, "");
    keys.forge(
        key.id(),
        _ -> row(key.hash(), unsealed, "cli", subject, key.scope(), NOON, key.expiresAt()));

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void keys_of_the_previous_and_of_the_next_version_still_open_the_door() {
    hasher.rotateTo(2);
    assertThat(verifier.verify(token)).isPresent();
    var newer = AccessToken.derive(hasher, 2, Samples.deviceCode());
    assertThat(keys.putIfAbsent(mint(newer))).isTrue();

    hasher.rotateTo(1);
    assertThat(verifier.verify(newer)).isPresent();

    hasher.rotateTo(3);
    assertThat(verifier.verify(newer)).isPresent();
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_use_is_noted_once_an_hour() {
    verifier.verify(token);
    assertThat(lastUsed()).contains(HOUR);

    clock.set(HOUR.plus(Duration.ofHours(1)).minus(MILLISECOND));
    verifier.verify(token);
    assertThat(lastUsed()).contains(HOUR);

    clock.set(HOUR.plus(Duration.ofHours(1)));
    verifier.verify(token);
    assertThat(lastUsed()).contains(HOUR.plus(Duration.ofHours(1)));
  }

  @Test
  void a_refused_use_is_not_noted() {
    keys.revoke(key.id(), NOON);
    verifier.verify(token);

    assertThat(lastUsed()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"KEY", "SEAL"})
  void nothing_is_decided_while_this_subkey_cannot_be_had(Purpose purpose) {
    hasher.failFor(purpose);
    assertThatExceptionOfType(TestHasher.Unavailable.class)
        .isThrownBy(() -> verifier.verify(token));

    hasher.recover();
    assertThat(verifier.verify(token)).contains(key);
  }

  private Optional<Instant> lastUsed() {
    return keys.find(key.id()).orElseThrow().lastUsedAt();
  }

  private Key row(
      Digest hash,
      Digest seal,
      String clientId,
      Subject of,
      Scope scope,
      Instant createdAt,
      Instant expiresAt) {
    return new Key(
        key.id(),
        hash,
        seal,
        clientId,
        of,
        scope,
        key.name(),
        key.origin(),
        createdAt,
        expiresAt,
        Optional.empty(),
        Optional.empty());
  }
}
