package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenForm;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.KeyVerifier.Active;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KeyVerifierTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Instant HOUR = NOON.truncatedTo(ChronoUnit.HOURS);

  private static final Instant LATER = NOON.plusSeconds(2);
  private static final Subject BOB = new Subject("bob");
  private static final Scope WIDER = new Scope(List.of("read", "write", "admin"));
  private static final Duration LONGER = Duration.ofDays(300);
  private static final DeviceName NAME = new DeviceName.Given("kitchen");

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final KeyVerifier verifier =
      new KeyVerifier(keys, hasher, new Environment(clock, new Random(), _ -> {}));
  private final Subject subject = Samples.subject();
  private final RefreshToken first = Samples.first(hasher, 1, Samples.deviceCode());
  private final AccessToken token = first.access(hasher, 1);
  private final Key key = mint(first);

  private RefreshToken another() {
    return Samples.first(hasher, 1, Samples.deviceCode());
  }

  private Key mint(RefreshToken of) {
    return mint(of, Optional.empty());
  }

  /// @param idempotencyKey names the request that redeems the code
  private Key mint(RefreshToken of, Optional<Digest> idempotencyKey) {
    var grant = Samples.grant(Samples.request(NOON));
    var claim = new Claim(subject, Samples.digest());
    var approved =
        new Approved(
            claim, new Approval(Consent.TO_ALL, Samples.PROFILE, NOON, false, Samples.digest()));
    var redemption = new Redemption(NOON.plusSeconds(1), Samples.attempt(), idempotencyKey);
    var request =
        new TokenRequest(
            CLI,
            Samples.deviceCode(),
            Optional.empty(),
            caller(Optional.empty()),
            Samples.attempt(),
            NOON);
    return Key.mint(hasher, of, grant, approved, request, NAME, redemption);
  }

  @BeforeEach
  void store() {
    assertThat(keys.putIfAbsent(key)).isTrue();
  }

  @Test
  void a_genuine_valid_key_is_accepted() {
    assertThat(verifier.verify(token)).contains(new Active(key, key.expiresAt()));
  }

  @Test
  void an_unknown_key_is_refused() {
    assertThat(verifier.verify(another().access(hasher, 1))).isEmpty();
  }

  @Test
  void a_token_with_the_right_id_and_another_secret_is_refused() {
    var other = another();
    keys.forge(key.id(), _ -> mint(other));

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_token_with_another_prefix_is_refused() {
    var secret = TokenForm.ACCESS.secretIn(token.reveal());
    var acme = TokenForm.ACCESS.write(new TokenPrefix("acme"), key.id(), secret);

    assertThat(AccessToken.parse(acme).map(AccessToken::id)).contains(key.id());
    assertThat(verifier.verify(AccessToken.parse(acme).orElseThrow())).isEmpty();
  }

  @Test
  void a_key_is_refused_at_the_moment_of_its_expiry() {
    clock.set(key.expiresAt().minus(MILLISECOND));
    assertThat(verifier.verify(token)).isPresent();

    clock.set(key.expiresAt());
    assertThat(verifier.verify(token)).isEmpty();
    clock.set(key.expiresAt().plus(MILLISECOND));
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_revoked_key_is_refused() {
    keys.revoke(key.id(), new Revoker.Server(), NOON);

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void the_key_of_a_disabled_subject_is_refused() {
    Samples.disabling(keys).disable(subject);

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void signing_out_everywhere_ends_earlier_approvals_however_late_their_keys_were_minted() {
    keys.signOut(subject, key.terms().approvedAt().minus(MILLISECOND));
    assertThat(verifier.verify(token)).isPresent();

    keys.signOut(subject, key.terms().approvedAt());
    assertThat(verifier.verify(token)).isEmpty();

    keys.signOut(subject, key.terms().approvedAt().plus(MILLISECOND));
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void an_edited_row_is_refused() {
    var other = Samples.key(Samples.subject(), NOON);
    var terms = key.terms();
    var generation = key.generation();
    List<Key> forgeries =
        List.of(
            edited("demo", subject, terms.scope(), terms.lifetime(), NOON, terms.createdAt()),
            edited("cli", BOB, terms.scope(), terms.lifetime(), NOON, terms.createdAt()),
            edited("cli", subject, WIDER, terms.lifetime(), NOON, terms.createdAt()),
            edited("cli", subject, terms.scope(), LONGER, NOON, terms.createdAt()),
            edited("cli", subject, terms.scope(), terms.lifetime(), LATER, terms.createdAt()),
            edited("cli", subject, terms.scope(), terms.lifetime(), NOON, LATER),
            described(Profile.NONE, terms.name()),
            described(as("Eve", "ada@example.com", "Engines & Söhne"), terms.name()),
            described(as("Ada Lövelace", "eve@example.com", "Engines & Söhne"), terms.name()),
            described(as("Ada Lövelace", "ada@example.com", "Eve & Co"), terms.name()),
            described(terms.profile(), new DeviceName.Given("office")),
            described(terms.profile(), new DeviceName.ByCode(new MaskedCode(1, 1))),
            Samples.withGeneration(key, other.generation()),
            Samples.withGeneration(key, issued(generation, LATER)),
            new Key(key.id(), terms, other.seal(), generation, Optional.empty(), Optional.empty()),
            new Key(key.id(), terms, Digest.NONE, generation, Optional.empty(), Optional.empty()));

    for (var forgery : forgeries) {
      keys.forge(key.id(), _ -> forgery);
      assertThat(verifier.verify(token)).as("%s", forgery).isEmpty();
    }
    keys.forge(key.id(), _ -> key);
    assertThat(verifier.verify(token)).isPresent();
  }

  private Key edited(
      String clientId,
      Subject of,
      Scope scope,
      Duration lifetime,
      Instant approvedAt,
      Instant createdAt) {
    var terms = key.terms();
    return Samples.withTerms(
        key,
        new Key.Terms(
            clientId,
            of,
            terms.profile(),
            scope,
            lifetime,
            terms.name(),
            terms.origin(),
            approvedAt,
            createdAt,
            terms.linkedUntil(),
            terms.delivery()));
  }

  private Key described(Profile profile, DeviceName name) {
    var terms = key.terms();
    return Samples.withTerms(
        key,
        new Key.Terms(
            terms.clientId(),
            terms.subject(),
            profile,
            terms.scope(),
            terms.lifetime(),
            name,
            terms.origin(),
            terms.approvedAt(),
            terms.createdAt(),
            terms.linkedUntil(),
            terms.delivery()));
  }

  private static Profile as(String name, String email, String organisation) {
    return new Profile(Optional.of(name), Optional.of(email), Optional.of(organisation));
  }

  private static Generation issued(Generation generation, Instant at) {
    return new Generation(
        generation.number(),
        generation.access(),
        generation.refresh(),
        at,
        generation.previous(),
        generation.seal(),
        generation.attempt(),
        generation.issue());
  }

  @Test
  void keys_of_the_previous_and_of_the_next_version_are_accepted() {
    hasher.rotateTo(2);
    assertThat(verifier.verify(token)).isPresent();
    var newer = another();
    assertThat(keys.putIfAbsent(mint(newer))).isTrue();

    hasher.rotateTo(1);
    assertThat(verifier.verify(newer.access(hasher, 2))).isPresent();

    hasher.rotateTo(3);
    assertThat(verifier.verify(newer.access(hasher, 2))).isPresent();
    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void a_use_is_recorded_once_an_hour() {
    verifier.verify(token);
    assertThat(lastUsed()).contains(HOUR);

    clock.set(HOUR.plus(Duration.ofHours(1)).minus(MILLISECOND));
    verifier.verify(token);
    assertThat(lastUsed()).contains(HOUR);

    for (var after : List.of(Duration.ZERO, MILLISECOND)) {
      clock.set(HOUR.plus(Duration.ofHours(1)).plus(after));
      verifier.verify(token);
      assertThat(lastUsed()).contains(HOUR.plus(Duration.ofHours(1)));
    }
  }

  @Test
  void a_use_of_the_present_token_confirms_its_generation_once() {
    verifier.verify(token);
    var confirmed = keys.find(key.id()).orElseThrow();
    assertThat(confirmed.generation().issue().confirmed()).isTrue();
    assertThat(confirmed.isIntact(hasher)).isTrue();

    verifier.verify(token);
    assertThat(keys.find(key.id())).contains(confirmed);
  }

  @Test
  void a_use_of_the_previous_token_confirms_nothing() {
    var next = nextGeneration();
    keys.forge(key.id(), row -> Samples.withGeneration(row, next));

    assertThat(verifier.verify(token)).isPresent();

    assertThat(keys.find(key.id()).orElseThrow().generation().issue().confirmed()).isFalse();
    assertThat(lastUsed()).contains(HOUR);
  }

  private Key.Generation nextGeneration() {
    var present = key.generation();
    var token = first.next(hasher, 1, 0);
    return Seals.sealed(
        hasher,
        key.id(),
        new Key.Generation(
            1,
            hasher.digest(Purpose.KEY, token.access(hasher, 1).bytes()),
            hasher.digest(Purpose.KEY, token.bytes()),
            NOON,
            Optional.of(
                new Key.Previous(
                    present.access(), present.refresh(), present.issuedAt(), present.seal(), NOON)),
            Digest.NONE,
            Samples.attempt(),
            Key.Issue.unknown(Optional.empty())));
  }

  /// A store that cannot record a use.
  private KeyVerifier withoutRecord() {
    var store = Overtaken.answering(KeyStore.class, keys, "confirm", false);
    return new KeyVerifier(store, hasher, new Environment(clock, new Random(), _ -> {}));
  }

  @Test
  void a_use_that_cannot_be_recorded_is_accepted_unless_its_poll_may_be_repeated() {
    assertThat(withoutRecord().verify(token)).isPresent();

    var other = another();
    var repeatable = mint(other, Optional.of(Samples.digest()));
    assertThat(keys.putIfAbsent(repeatable)).isTrue();
    var access = other.access(hasher, 1);
    clock.set(repeatable.generation().issuedAt().plus(Mint.REDELIVERY).minus(MILLISECOND));
    assertThatExceptionOfType(Outage.class).isThrownBy(() -> withoutRecord().verify(access));

    clock.advance(MILLISECOND);
    assertThat(withoutRecord().verify(access)).isPresent();
    assertThat(verifier.verify(access)).isPresent();
  }

  @Test
  void a_refused_use_is_not_recorded() {
    keys.revoke(key.id(), new Revoker.Server(), NOON);
    verifier.verify(token);

    assertThat(lastUsed()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"KEY", "SEAL"})
  void nothing_is_decided_while_this_subkey_is_unavailable(Purpose purpose) {
    hasher.failFor(purpose);
    assertThatExceptionOfType(TestHasher.Unavailable.class)
        .isThrownBy(() -> verifier.verify(token));

    hasher.recover();
    assertThat(verifier.verify(token)).contains(new Active(key, key.expiresAt()));
  }

  private Optional<Instant> lastUsed() {
    return keys.find(key.id()).orElseThrow().lastUsedAt();
  }
}
