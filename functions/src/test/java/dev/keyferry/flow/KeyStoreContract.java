package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.attempt;
import static dev.keyferry.flow.Samples.digest;
import static dev.keyferry.flow.Samples.subject;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.Key.Issue;
import dev.keyferry.flow.Key.Previous;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract of every key store. As in production, keys enter the store by a redemption.
public abstract class KeyStoreContract {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final int CONTENDERS = 32;
  private static final Instant HOUR = NOON.truncatedTo(ChronoUnit.HOURS);

  private final Subject subject = subject();
  private final Key key = Samples.key(subject, NOON);

  protected abstract Stores stores();

  private KeyStore keys() {
    return stores().keys();
  }

  /// Stores a key by a redemption.
  protected void issue(Key issued) {
    var grant = Samples.grant(Samples.request(NOON));
    var locator = grant.locator();
    var claim = new Claim(issued.terms().subject(), digest());
    stores().grants().create(grant, NOON);
    stores().grants().claim(locator, claim, NOON);
    stores()
        .grants()
        .approve(
            locator,
            claim,
            new Approval(Consent.TO_ALL, Samples.PROFILE, NOON, false, digest()),
            NOON);
    assertThat(
            stores()
                .grants()
                .redeem(
                    locator,
                    new Proof(grant.request().clientId(), grant.deviceSecret(), Optional.empty()),
                    new Redemption(NOON, attempt(), Optional.empty()),
                    issued))
        .isEqualTo(new Redeemed.Stored());
  }

  private Key found() {
    return stores().find(key.id()).orElseThrow();
  }

  private Standing standing() {
    return keys().findWithStanding(key.id()).map(KeyAndStanding::standing).orElseThrow();
  }

  @Test
  void an_unknown_key_is_not_found() {
    assertThat(stores().find(key.id())).isEmpty();
    assertThat(keys().findWithStanding(key.id())).isEmpty();
  }

  @Test
  void every_field_of_a_key_is_kept() {
    issue(key);

    assertThat(stores().find(key.id())).contains(key);
    assertThat(keys().findWithStanding(key.id())).contains(new KeyAndStanding(key, Standing.GOOD));
  }

  @Test
  void a_key_without_a_name_is_kept_with_a_masked_code_and_without_a_profile() {
    var nameless =
        Samples.key(
            new Key.Terms(
                "demo",
                subject,
                Profile.NONE,
                new Scope(List.of("read")),
                Duration.ofDays(365),
                new DeviceName.ByCode(new MaskedCode(2, 0x00_1234_abcdL)),
                Origin.parse("2001:db8::7"),
                NOON,
                NOON.plusMillis(3),
                NOON.plusMillis(5),
                Optional.empty()));
    issue(nameless);

    assertThat(stores().find(nameless.id())).contains(nameless);
  }

  @Test
  void how_a_keys_answers_are_encrypted_is_kept() {
    for (var nonce : List.of(Samples.DELIVERY.nonce(), Optional.<String>empty())) {
      var delivery = Optional.of(new Delivery(Samples.DELIVERY.jwk(), nonce));
      var encrypted = Samples.key(Samples.withDelivery(key.terms(), delivery));
      issue(encrypted);

      assertThat(stores().find(encrypted.id())).contains(encrypted);
    }
  }

  @Test
  void the_standing_shows_a_disabled_subject() {
    issue(key);
    Samples.disabling(keys()).disable(subject);

    assertThat(standing()).isEqualTo(new Standing(true, Optional.empty()));
  }

  @Test
  void the_standing_shows_when_the_subject_signed_out() {
    issue(key);
    keys().signOut(subject, NOON.plusMillis(7));

    assertThat(standing()).isEqualTo(new Standing(false, Optional.of(NOON.plusMillis(7))));
  }

  @Test
  void the_standing_shows_both() {
    issue(key);
    keys().signOut(subject, NOON);
    Samples.disabling(keys()).disable(subject);

    assertThat(standing()).isEqualTo(new Standing(true, Optional.of(NOON)));
  }

  @Test
  void a_standing_that_changes_after_a_read_is_seen_by_the_next() {
    issue(key);
    assertThat(standing()).isEqualTo(Standing.GOOD);

    keys().signOut(subject, NOON);
    assertThat(standing()).isEqualTo(new Standing(false, Optional.of(NOON)));

    Samples.disabling(keys()).disable(subject);
    assertThat(standing()).isEqualTo(new Standing(true, Optional.of(NOON)));
  }

  @Test
  void the_standing_is_that_of_the_keys_own_subject() {
    var other = Samples.key(subject(), NOON);
    issue(key);
    issue(other);
    Samples.disabling(keys()).disable(other.terms().subject());

    assertThat(standing()).isEqualTo(Standing.GOOD);
    assertThat(keys().findWithStanding(other.id()))
        .contains(new KeyAndStanding(other, new Standing(true, Optional.empty())));
  }

  @Test
  void a_revocation_is_seen_by_the_next_read() {
    issue(key);
    assertThat(keys().findWithStanding(key.id())).isPresent();

    keys().revoke(key.id(), new Revoker.Server(), NOON.plusMillis(7));

    assertThat(found().revokedAt()).contains(NOON.plusMillis(7));
    assertThat(keys().findWithStanding(key.id()).map(KeyAndStanding::key)).contains(found());
  }

  @Test
  void a_use_records_its_hour_and_nothing_else() {
    issue(key);

    keys().markUsed(key.id(), HOUR);

    assertThat(found())
        .isEqualTo(
            new Key(
                key.id(),
                key.terms(),
                key.seal(),
                key.generation(),
                Optional.empty(),
                Optional.of(HOUR)));
  }

  @Test
  void a_later_use_replaces_an_earlier_one_but_never_the_other_way_round() {
    issue(key);
    keys().markUsed(key.id(), HOUR);

    keys().markUsed(key.id(), HOUR.plus(Duration.ofHours(1)));
    assertThat(found().lastUsedAt()).contains(HOUR.plus(Duration.ofHours(1)));

    keys().markUsed(key.id(), HOUR);
    assertThat(found().lastUsedAt()).contains(HOUR.plus(Duration.ofHours(1)));
  }

  @Test
  void the_use_of_an_unknown_key_creates_no_row() {
    keys().markUsed(key.id(), HOUR);

    assertThat(stores().find(key.id())).isEmpty();
  }

  private static <T> T applied(Write<T> write) {
    assertThat(write).isInstanceOf(Applied.class);
    return ((Applied<T>) write).row();
  }

  private static <T> Optional<T> refused(Write<T> write) {
    assertThat(write).isInstanceOf(Refused.class);
    return ((Refused<T>) write).found();
  }

  private static Key revokedAt(Key key, Instant at) {
    return new Key(
        key.id(), key.terms(), key.seal(), key.generation(), Optional.of(at), key.lastUsedAt());
  }

  /// The generation after the current one.
  private static Generation next(Generation present, Instant now) {
    return next(present, now, Optional.empty());
  }

  private static Generation next(Generation present, Instant now, Optional<Digest> idempotencyKey) {
    return new Generation(
        present.number() + 1,
        digest(),
        digest(),
        now,
        Optional.of(
            new Previous(
                present.access(), present.refresh(), present.issuedAt(), present.seal(), now)),
        digest(),
        attempt(),
        Samples.issue(idempotencyKey));
  }

  /// Replaces the generation that the next one calls its previous one.
  private Write<Key> succeed(KeyId id, String clientId, Generation next) {
    var previous = next.previous().orElseThrow();
    var seen =
        new Generation(
            next.number() - 1,
            previous.access(),
            previous.refresh(),
            previous.issuedAt(),
            Optional.empty(),
            previous.seal(),
            attempt(),
            Samples.issue(Optional.empty()));
    return keys().renew(id, clientId, seen, next);
  }

  @Test
  void the_standing_of_a_subject_is_found_without_a_key() {
    assertThat(keys().findStanding(subject)).isEqualTo(Standing.GOOD);

    keys().signOut(subject, NOON);
    Samples.disabling(keys()).disable(subject);

    assertThat(keys().findStanding(subject)).isEqualTo(new Standing(true, Optional.of(NOON)));
    assertThat(keys().findStanding(subject())).isEqualTo(Standing.GOOD);
  }

  @Test
  void signing_out_never_moves_back() {
    keys().signOut(subject, NOON);

    keys().signOut(subject, NOON.minus(MILLISECOND));
    assertThat(keys().findStanding(subject).signedOutAt()).contains(NOON);

    keys().signOut(subject, NOON);
    assertThat(keys().findStanding(subject).signedOutAt()).contains(NOON);

    keys().signOut(subject, NOON.plus(MILLISECOND));
    assertThat(keys().findStanding(subject).signedOutAt()).contains(NOON.plus(MILLISECOND));
  }

  @Test
  void an_enabled_subject_can_be_disabled_and_a_disabled_one_enabled() {
    var disabled = reversed(Disablement.NEVER, "first");
    assertThat(disabled).isEqualTo(new Disablement(true, Optional.empty(), Optional.of("first")));
    assertThat(keys().findStanding(subject).disabled()).isTrue();

    var enabled = reversed(disabled, "second");
    assertThat(enabled)
        .isEqualTo(
            new Disablement(false, Optional.of(Disablement.ENABLING), Optional.of("second")));
    assertThat(keys().findStanding(subject)).isEqualTo(Standing.GOOD);

    assertThat(reversed(enabled, "third").disabled()).isTrue();
    assertThat(keys().findStanding(subject()).disabled()).isFalse();
  }

  @Test
  void a_reversal_recognises_its_own_work() {
    var disabled = reversed(Disablement.NEVER, "first");

    assertThat(reversed(Disablement.NEVER, "first")).isEqualTo(disabled);
    assertThat(keys().findDisablement(subject)).isEqualTo(disabled);

    var enabled = reversed(disabled, "second");
    assertThat(reversed(disabled, "second")).isEqualTo(enabled);
    assertThat(keys().findDisablement(subject)).isEqualTo(enabled);
  }

  @Test
  void a_row_that_changed_since_it_was_read_is_not_reversed() {
    var disabled = reversed(Disablement.NEVER, "first");
    assertThat(reverse(Disablement.NEVER, "another")).isEqualTo(refused(disabled));

    var enabled = reversed(disabled, "second");
    assertThat(reverse(Disablement.NEVER, "first")).isEqualTo(refused(enabled));
    assertThat(reverse(disabled, "another")).isEqualTo(refused(enabled));
    assertThat(keys().findDisablement(subject)).isEqualTo(enabled);
  }

  @Test
  void an_enabling_is_finished_once() {
    reversed(reversed(Disablement.NEVER, "first"), "second");
    var finished = new Disablement(false, Optional.of(NOON), Optional.of("second"));

    assertThat(applied(keys().finishEnabling(subject, "second", NOON))).isEqualTo(finished);
    assertThat(applied(keys().finishEnabling(subject, "second", NOON.plus(MILLISECOND))))
        .isEqualTo(finished);

    assertThat(keys().findDisablement(subject)).isEqualTo(finished);
    assertThat(keys().findStanding(subject)).isEqualTo(Standing.GOOD);
  }

  @Test
  void only_the_last_enabling_can_be_finished() {
    assertThat(keys().finishEnabling(subject, "first", NOON))
        .isEqualTo(new Refused<>(Optional.empty()));
    var disabled = reversed(Disablement.NEVER, "first");
    assertThat(keys().finishEnabling(subject, "another", NOON)).isEqualTo(refused(disabled));
    var again = reversed(reversed(disabled, "second"), "third");
    assertThat(again.isBeingEnabled()).isFalse();
    assertThat(keys().finishEnabling(subject, "second", NOON)).isEqualTo(refused(again));

    var enabling = reversed(again, "fourth");
    assertThat(keys().finishEnabling(subject, "second", NOON)).isEqualTo(refused(enabling));
    assertThat(keys().findDisablement(subject)).isEqualTo(enabling);
  }

  @Test
  void a_subject_that_is_disabled_again_keeps_the_time_of_its_last_enabling() {
    var enabled = reversed(reversed(Disablement.NEVER, "first"), "second");
    keys().finishEnabling(subject, "second", NOON);

    var disabled = reversed(keys().findDisablement(subject), "third");
    assertThat(disabled).isEqualTo(new Disablement(true, Optional.of(NOON), Optional.of("third")));
    assertThat(reversed(disabled, "fourth").isBeingEnabled()).isEqualTo(enabled.isBeingEnabled());
  }

  @Test
  void a_reversal_leaves_the_sign_out_as_it_was() {
    keys().signOut(subject, NOON);

    var disabled = reversed(Disablement.NEVER, "first");
    assertThat(keys().findStanding(subject)).isEqualTo(new Standing(true, Optional.of(NOON)));

    reversed(disabled, "second");
    assertThat(keys().findStanding(subject)).isEqualTo(new Standing(false, Optional.of(NOON)));
  }

  @Test
  void a_subject_that_was_never_disabled_is_enabled() {
    assertThat(keys().findDisablement(subject)).isEqualTo(Disablement.NEVER);

    keys().signOut(subject, NOON);
    assertThat(keys().findDisablement(subject)).isEqualTo(Disablement.NEVER);
  }

  private Disablement reversed(Disablement seen, String attempt) {
    return applied(reverse(seen, attempt));
  }

  private Write<Disablement> reverse(Disablement seen, String attempt) {
    return keys().toggleDisabled(subject, seen, NOON, attempt);
  }

  private static Write<Disablement> refused(Disablement found) {
    return new Write.Refused<>(Optional.of(found));
  }

  @Nested
  class Renewal {
    private final Key device = Samples.key(Samples.renewable(subject, NOON));
    private final Generation first = device.generation();
    private final Instant later = NOON.plusSeconds(7);

    @BeforeEach
    void issueDevice() {
      issue(device);
    }

    private Key row() {
      return stores().find(device.id()).orElseThrow();
    }

    private Write<Key> renew(Generation next) {
      return succeed(device.id(), CLI.id(), next);
    }

    private void assertRefused(Write<Key> write) {
      var row = row();
      assertThat(row).isEqualTo(device);
      assertThat(refused(write)).contains(row);
    }

    @Test
    void replaces_the_current_generation_and_changes_nothing_else() {
      keys().markUsed(device.id(), HOUR);
      var next = next(first, later, Optional.of(digest()));
      var expected =
          new Key(
              device.id(),
              device.terms(),
              device.seal(),
              next,
              Optional.empty(),
              Optional.of(HOUR));

      assertThat(applied(renew(next))).isEqualTo(expected);

      assertThat(row()).isEqualTo(expected);
      assertThat(keys().findWithStanding(device.id()))
          .contains(new KeyAndStanding(expected, Standing.GOOD));
    }

    @Test
    void counts_the_generations_and_keeps_the_previous_one() {
      var present = first;
      for (int number = 1; number <= 5; number++) {
        var next = next(present, NOON.plusSeconds(number));

        present = applied(renew(next)).generation();

        assertThat(present).isEqualTo(next);
        assertThat(present.number()).isEqualTo(number);
      }
    }

    @Test
    void replaces_the_idempotency_key_or_removes_it() {
      var second = next(first, later, Optional.of(digest()));
      assertThat(applied(renew(second)).generation().issue().idempotencyKey())
          .isEqualTo(second.issue().idempotencyKey());

      var third = next(second, later, Optional.of(digest()));
      assertThat(applied(renew(third)).generation().issue().idempotencyKey())
          .isEqualTo(third.issue().idempotencyKey());

      var fourth = next(third, later);
      assertThat(applied(renew(fourth)).generation().issue().idempotencyKey()).isEmpty();
      assertThat(row().generation().issue().idempotencyKey()).isEmpty();
    }

    @Test
    void keeps_how_it_was_issued() {
      for (var issue :
          List.of(
              new Issue(
                  0,
                  Optional.of(Origin.parse("192.0.2.7")),
                  Optional.of(digest()),
                  false,
                  digest()),
              new Issue(
                  7, Optional.of(Origin.parse("2001:db8::7")), Optional.empty(), true, digest()))) {
        var present = row().generation();
        var next = Samples.withIssue(next(present, later), issue);
        applied(renew(next));
        assertThat(row().generation()).isEqualTo(next);
      }
    }

    /// Another branch of this generation's parent.
    private static Generation branch(Generation present, Instant now) {
      return new Generation(
          present.number(),
          digest(),
          digest(),
          now,
          present.previous(),
          digest(),
          attempt(),
          new Issue(
              present.issue().branch() + 1,
              Optional.of(Origin.parse("192.0.2.7")),
              Optional.empty(),
              false,
              digest()));
    }

    @Test
    void replaces_a_generation_by_another_branch_within_the_parents_idle_time() {
      var parentsEnd = NOON.plus(Key.LONGEST_IDLE);
      var present = applied(renew(next(first, parentsEnd.minus(MILLISECOND)))).generation();
      for (var late : List.of(parentsEnd, parentsEnd.plus(MILLISECOND))) {
        var row = row();
        assertThat(refused(keys().renew(device.id(), CLI.id(), present, branch(present, late))))
            .contains(row);
        assertThat(row()).isEqualTo(row);
      }
      var branch = branch(present, parentsEnd.minus(MILLISECOND));

      assertThat(applied(keys().renew(device.id(), CLI.id(), present, branch)).generation())
          .isEqualTo(branch);
      assertThat(row().generation()).isEqualTo(branch);
      assertThat(refused(keys().renew(device.id(), CLI.id(), present, branch(present, later))))
          .contains(row());
    }

    @Test
    void replaces_no_confirmed_generation_by_a_branch() {
      var present = applied(renew(next(first, later))).generation();
      var issue = new Issue(0, Optional.empty(), Optional.empty(), true, digest());
      assertThat(keys().confirm(device.id(), Samples.withIssue(present, issue), HOUR)).isTrue();
      var row = row();

      assertThat(refused(keys().renew(device.id(), CLI.id(), present, branch(present, later))))
          .contains(row);
      assertThat(row()).isEqualTo(row);
      applied(renew(next(present, later)));
    }

    @Test
    void confirms_the_generation_that_is_present_and_notes_the_hour() {
      var confirmed =
          Samples.withIssue(
              first, new Issue(0, Optional.empty(), Optional.empty(), true, digest()));

      assertThat(keys().confirm(device.id(), confirmed, HOUR)).isTrue();

      assertThat(row().generation()).isEqualTo(confirmed);
      assertThat(row().lastUsedAt()).contains(HOUR);
      assertThat(keys().confirm(device.id(), confirmed, HOUR)).isTrue();
    }

    @Test
    void does_not_confirm_by_a_use_before_the_last_one() {
      keys().markUsed(device.id(), HOUR.plus(Duration.ofHours(1)));
      var row = row();
      var confirmed =
          Samples.withIssue(
              first, new Issue(0, Optional.empty(), Optional.empty(), true, digest()));

      assertThat(keys().confirm(device.id(), confirmed, HOUR)).isTrue();

      assertThat(row()).isEqualTo(row);
    }

    @Test
    void does_not_confirm_a_generation_that_was_replaced() {
      var confirmed =
          Samples.withIssue(
              first, new Issue(0, Optional.empty(), Optional.empty(), true, digest()));
      var row = applied(renew(next(first, later)));

      assertThat(keys().confirm(device.id(), confirmed, HOUR)).isTrue();

      assertThat(row()).isEqualTo(row);
      assertThat(keys().confirm(Samples.key(device.terms()).id(), confirmed, HOUR)).isTrue();
    }

    @Test
    void recognises_its_own_work() {
      var next = next(first, later);
      var row = applied(renew(next));

      assertThat(applied(renew(next))).isEqualTo(row);
      assertThat(row()).isEqualTo(row);
    }

    @Test
    void is_refused_for_a_token_other_than_the_current_one() {
      assertRefused(renew(instead(digest(), first.seal())));
      assertRefused(renew(instead(first.access(), first.seal())));
    }

    @Test
    void is_refused_for_a_seal_other_than_the_current_one() {
      assertRefused(renew(instead(first.refresh(), digest())));
    }

    /// The next generation of one that is not the current one.
    private Generation instead(Digest refresh, Digest seal) {
      return next(
          new Generation(
              first.number(),
              first.access(),
              refresh,
              first.issuedAt(),
              first.previous(),
              seal,
              first.attempt(),
              first.issue()),
          later);
    }

    @Test
    void is_refused_for_the_previous_token() {
      var row = applied(renew(next(first, later)));

      assertThat(refused(renew(next(first, later)))).contains(row);
      assertThat(row()).isEqualTo(row);
    }

    @Test
    void is_refused_to_another_client() {
      assertRefused(succeed(device.id(), "demo", next(first, later)));
    }

    @Test
    void is_refused_for_a_revoked_key() {
      var row = applied(keys().revoke(device.id(), new Revoker.Server(), later));

      assertThat(refused(renew(next(first, later)))).contains(row);
      assertThat(row()).isEqualTo(row);
    }

    @Test
    void is_refused_for_a_key_without_offline_access() {
      issue(key);

      assertThat(refused(succeed(key.id(), CLI.id(), next(key.generation(), later)))).contains(key);
      assertThat(found()).isEqualTo(key);
    }

    @Test
    void is_refused_for_a_scope_that_merely_contains_the_words() {
      var scope = new Scope(List.of("read", "no_offline_access"));
      var similar = Samples.key(Samples.withScope(device.terms(), scope));
      issue(similar);

      assertThat(refused(succeed(similar.id(), CLI.id(), next(similar.generation(), later))))
          .contains(similar);
    }

    @Test
    void of_an_unknown_key_finds_and_creates_none() {
      var unknown = Samples.key(device.terms());

      assertThat(refused(succeed(unknown.id(), CLI.id(), next(unknown.generation(), later))))
          .isEmpty();
      assertThat(stores().find(unknown.id())).isEmpty();
    }

    @Test
    void succeeds_until_the_device_was_idle_for_thirty_days() {
      var end = NOON.plus(Key.LONGEST_IDLE);
      assertRefused(renew(next(first, end.plus(MILLISECOND))));
      assertRefused(renew(next(first, end)));
      applied(renew(next(first, end.minus(MILLISECOND))));
    }

    @Test
    void is_idle_since_the_last_renewal() {
      var renewedAt = NOON.plus(Duration.ofDays(29));
      var second = next(first, renewedAt);
      var row = applied(renew(second));
      var end = renewedAt.plus(Key.LONGEST_IDLE);

      assertThat(refused(renew(next(second, end.plus(MILLISECOND))))).contains(row);
      assertThat(refused(renew(next(second, end)))).contains(row);
      applied(renew(next(second, end.minus(MILLISECOND))));
    }

    @Test
    void succeeds_until_the_family_is_ninety_days_old() {
      var present = first;
      for (int month = 1; month <= 3; month++) {
        present = next(present, NOON.plus(Duration.ofDays(29L * month)));
        applied(renew(present));
      }
      var row = row();
      var end = NOON.plus(Key.LONGEST_FAMILY);

      assertThat(refused(renew(next(present, end.plus(MILLISECOND))))).contains(row);
      assertThat(refused(renew(next(present, end)))).contains(row);
      applied(renew(next(present, end.minus(MILLISECOND))));
    }

    @Test
    @Tag("race")
    void happens_once_however_many_race() throws InterruptedException {
      var writes = race(() -> renew(next(first, later)));

      assertThat(writes).filteredOn(Applied.class::isInstance).hasSize(1);
      assertThat(row().generation().number()).isEqualTo(1);
    }

    @Test
    @Tag("race")
    void that_races_a_revocation_leaves_the_key_revoked() throws InterruptedException {
      var both = new ConcurrentLinkedQueue<Callable<Write<Key>>>();
      both.add(() -> renew(next(first, later)));
      both.add(() -> keys().revoke(device.id(), new Revoker.Owner(subject), later));

      race(2, () -> requireNonNull(both.poll()).call());

      assertThat(row().revokedAt()).contains(later);
      assertThat(refused(renew(next(row().generation(), later)))).contains(row());
    }
  }

  @Nested
  class Revoke {
    private final Key device = Samples.key(Samples.renewable(subject, NOON));
    private final Instant later = NOON.plusSeconds(7);

    @BeforeEach
    void issueDevice() {
      issue(device);
    }

    private Key row() {
      return stores().find(device.id()).orElseThrow();
    }

    private Write<Key> revoke(Revoker revoker) {
      return keys().revoke(device.id(), revoker, later);
    }

    private void assertRevokes(Revoker revoker) {
      var before = row();
      assertThat(applied(revoke(revoker))).isEqualTo(revokedAt(before, later));
      assertThat(row()).isEqualTo(revokedAt(before, later));
    }

    private void assertRefused(Revoker revoker) {
      var before = row();
      assertThat(refused(revoke(revoker))).contains(before);
      assertThat(row()).isEqualTo(before);
    }

    @Test
    void is_open_to_the_owner() {
      assertRevokes(new Revoker.Owner(subject));
    }

    @Test
    void is_open_to_this_server() {
      assertRevokes(new Revoker.Server());
    }

    @Test
    void is_closed_to_other_users() {
      assertRefused(new Revoker.Owner(subject()));
    }

    @Test
    void is_open_to_the_holder_of_the_access_token() {
      assertRevokes(new Revoker.Holder(CLI.id(), device.generation().access()));
    }

    @Test
    void is_open_to_the_holder_of_the_refresh_token() {
      assertRevokes(new Revoker.Holder(CLI.id(), device.generation().refresh()));
    }

    @Test
    void is_open_to_the_holder_of_the_previous_access_token() {
      var previous = renewed().previous().orElseThrow();

      assertRevokes(new Revoker.Holder(CLI.id(), previous.access()));
    }

    @Test
    void is_open_to_the_holder_of_the_previous_refresh_token() {
      var previous = renewed().previous().orElseThrow();

      assertRevokes(new Revoker.Holder(CLI.id(), previous.refresh()));
    }

    private Generation renewed() {
      var next = next(device.generation(), NOON.plusSeconds(1));
      return applied(succeed(device.id(), CLI.id(), next)).generation();
    }

    @Test
    void is_closed_without_a_token_and_to_another_client() {
      assertRefused(new Revoker.Holder(CLI.id(), digest()));
      assertRefused(new Revoker.Holder("demo", device.generation().access()));
      assertRefused(new Revoker.Holder("demo", device.generation().refresh()));
      applied(succeed(device.id(), CLI.id(), next(renewed(), NOON.plusSeconds(2))));
      assertRefused(new Revoker.Holder(CLI.id(), digest()));
      assertRefused(new Revoker.Holder(CLI.id(), device.generation().access()));
    }

    @Test
    void keeps_the_time_of_the_first() {
      revoke(new Revoker.Owner(subject));

      var again = keys().revoke(device.id(), new Revoker.Server(), later.plusSeconds(1));

      assertThat(applied(again)).isEqualTo(revokedAt(device, later));
      assertThat(row().revokedAt()).contains(later);
    }

    @Test
    void is_refused_to_others_even_at_the_same_moment_as_the_owners() {
      revoke(new Revoker.Owner(subject));

      assertRefused(new Revoker.Owner(subject()));
      assertRefused(new Revoker.Holder(CLI.id(), digest()));
    }

    @Test
    void of_an_unknown_key_finds_and_creates_none() {
      var unknown = Samples.key(device.terms());
      for (var revoker :
          List.of(
              new Revoker.Owner(subject),
              new Revoker.Holder(CLI.id(), unknown.generation().access()),
              new Revoker.Server())) {
        assertThat(refused(keys().revoke(unknown.id(), revoker, later))).isEmpty();
      }
      assertThat(stores().find(unknown.id())).isEmpty();
    }
  }

  @Nested
  class Listing {
    @Test
    void returns_all_keys_of_the_subject_and_no_others() {
      var device = Samples.key(Samples.renewable(subject, NOON));
      issue(key);
      issue(device);
      issue(Samples.key(subject(), NOON));
      keys().revoke(key.id(), new Revoker.Owner(subject), NOON);
      applied(succeed(device.id(), CLI.id(), next(device.generation(), NOON)));
      keys().signOut(subject, NOON);

      var listing = listed(_ -> true, 2);
      assertThat(listing.keys())
          .containsExactlyInAnyOrder(found(), stores().find(device.id()).orElseThrow());
      assertThat(listing.more()).isFalse();
      assertThat(listing.unreadable()).isZero();
    }

    private KeyStore.Listing listed(Predicate<Key> wanted, int most) {
      return keys().list(subject, wanted, most);
    }

    private List<Key> issueMany(int number) {
      return IntStream.range(0, number)
          .mapToObj(second -> Samples.key(subject, NOON.plusSeconds(second)))
          .peek(KeyStoreContract.this::issue)
          .toList()
          .reversed();
    }

    @Test
    void begins_with_the_newest_and_says_whether_there_are_more() {
      var newestFirst = issueMany(5);

      assertThat(listed(_ -> true, 3))
          .isEqualTo(new KeyStore.Listing(newestFirst.subList(0, 3), true, 0));
      assertThat(listed(_ -> true, 5)).isEqualTo(new KeyStore.Listing(newestFirst, false, 0));
    }

    @Test
    void continues_until_it_has_found_as_many_as_requested() {
      var newestFirst = issueMany(9);
      var oldest = List.copyOf(newestFirst.subList(7, 9));

      assertThat(listed(oldest::contains, 2)).isEqualTo(new KeyStore.Listing(oldest, false, 0));
      assertThat(listed(oldest::contains, 1))
          .isEqualTo(new KeyStore.Listing(oldest.subList(0, 1), true, 0));
    }

    @Test
    void gives_up_after_too_many_that_do_not_match_and_says_so() {
      var newestFirst = issueMany(KeyStore.LISTING_PAGES + 1);

      assertThat(listed(newestFirst.getLast()::equals, 1))
          .isEqualTo(new KeyStore.Listing(List.of(), true, 0));
    }

    @Test
    void is_empty_for_a_subject_that_never_linked_a_device() {
      keys().signOut(subject, NOON);

      assertThat(listed(_ -> true, 1)).isEqualTo(new KeyStore.Listing(List.of(), false, 0));
    }
  }

  private static <T> List<T> race(Callable<T> call) throws InterruptedException {
    return race(CONTENDERS, call);
  }

  private static <T> List<T> race(int contenders, Callable<T> call) throws InterruptedException {
    var start = new CyclicBarrier(contenders);
    Callable<T> together =
        () -> {
          start.await();
          return call.call();
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.invokeAll(Collections.nCopies(contenders, together)).stream()
          .map(Future::resultNow)
          .toList();
    }
  }
}
