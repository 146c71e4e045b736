package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.attempt;
import static dev.keyferry.flow.Samples.digest;
import static dev.keyferry.flow.Samples.subject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.GrantStore.Redeemed.Barred;
import dev.keyferry.flow.GrantStore.Redeemed.Stored;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of every grant store: the conditions of the design's table, one by one.
///
/// It needs no new tables, because each test has a grant, a subject and a key of its own.
public abstract class GrantStoreContract {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final int CONTENDERS = 16;

  private final Grant grant = Samples.grant(Samples.request(NOON));
  private final Locator locator = grant.locator();
  private final Proof proof = proofOf(grant);
  private final Claim claim = new Claim(subject(), digest());
  private final Instant later = NOON.plusSeconds(30);
  private final Instant lastMoment = grant.expiresAt().minus(MILLISECOND);
  private final Approval approval =
      new Approval(Consent.TO_ALL, Samples.PROFILE, later, false, digest());
  private final Key key = Samples.key(claim.subject(), later);

  protected abstract Stores stores();

  private GrantStore grants() {
    return stores().grants();
  }

  /// The final states that a grant can reach without expiring.
  enum Decided {
    APPROVED,
    DENIED,
    CONSUMED
  }

  private void reach(Decided state) {
    assertThat(grants().claim(locator, claim, NOON)).isInstanceOf(Applied.class);
    switch (state) {
      case APPROVED -> approveIt();
      case DENIED -> denyIt();
      case CONSUMED -> {
        approveIt();
        assertThat(redeem(redemption())).isEqualTo(new Stored());
      }
    }
  }

  private void approveIt() {
    assertThat(grants().approve(locator, claim, approval, later)).isInstanceOf(Applied.class);
  }

  private void denyIt() {
    assertThat(grants().deny(locator, claim.subject(), later)).isInstanceOf(Applied.class);
  }

  private Redemption redemption() {
    return new Redemption(later, attempt(), Optional.of(digest()));
  }

  private Redeemed redeem(Redemption redemption) {
    return grants().redeem(locator, proof, redemption, key);
  }

  private static Proof proofOf(Grant grant) {
    return new Proof(grant.request().clientId(), grant.deviceSecret(), grant.request().challenge());
  }

  /// The stored grant, read by a poll without a valid proof, which changes nothing.
  private Optional<Grant> stored(Locator at) {
    var nobody = new Proof("nobody", digest(), Optional.empty());
    var answer = grants().poll(at, nobody, attempt(), NOON);
    assertThat(answer).isInstanceOf(Polled.NotPending.class);
    return ((Polled.NotPending) answer).found();
  }

  private Grant stored() {
    return stored(locator).orElseThrow();
  }

  private static Grant applied(Write<Grant> write) {
    assertThat(write).isInstanceOf(Applied.class);
    return ((Applied<Grant>) write).row();
  }

  /// The grant after a poll that counted.
  private Grant afterPoll(String attempt, Instant now) {
    assertThat(grants().poll(locator, proof, attempt, now)).isEqualTo(new Polled.Pending());
    return stored();
  }

  private void assertRefused(Polled answer, Grant unchanged) {
    assertThat(answer).isEqualTo(new Polled.NotPending(Optional.of(unchanged)));
    assertThat(stored()).isEqualTo(unchanged);
  }

  private void assertRefused(Write<Grant> write, Grant unchanged) {
    assertThat(write).isEqualTo(new Refused<>(Optional.of(unchanged)));
    assertThat(stored()).isEqualTo(unchanged);
  }

  private static List<Proof> proofsThatDoNotFit(Proof good) {
    return List.of(
        new Proof("demo", good.deviceSecret(), good.challenge()),
        new Proof(good.clientId(), digest(), good.challenge()),
        new Proof(
            good.clientId(),
            good.deviceSecret(),
            good.challenge().isEmpty() ? Optional.of(Samples.CHALLENGE) : Optional.empty()),
        new Proof(
            good.clientId(), good.deviceSecret(), Optional.of(new CodeChallenge("x".repeat(43)))));
  }

  /// Starts all calls at once. A call that ends in an outage decided nothing and is left out.
  private static <T> List<T> race(List<Callable<T>> calls) throws InterruptedException {
    var start = new CyclicBarrier(calls.size());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<T>> together = new ArrayList<>();
      for (var call : calls) {
        together.add(() -> {
          start.await();
          return call.call();
        });
      }
      return threads.invokeAll(together).stream()
          .filter(future -> future.state() == Future.State.SUCCESS)
          .map(Future::resultNow)
          .toList();
    }
  }

  @Nested
  class Create {
    @Test
    void stores_every_field_of_a_grant() {
      var challenged = Samples.grant(Samples.challenged(Samples.request(NOON)));

      assertThat(grants().create(challenged, NOON)).isEqualTo(new Applied<>(challenged));
      assertThat(stored(challenged.locator())).contains(challenged);
    }

    @Test
    void stores_the_delivery_of_the_key() {
      for (var nonce : List.of(Samples.DELIVERY.nonce(), Optional.<String>empty())) {
        var delivery = new Delivery(Samples.DELIVERY.jwk(), nonce);
        var asked = Samples.grant(Samples.encrypted(Samples.request(NOON), delivery));

        assertThat(grants().create(asked, NOON)).isEqualTo(new Applied<>(asked));
        assertThat(stored(asked.locator())).contains(asked);
      }
    }

    @Test
    void stores_a_grant_without_its_optional_fields() {
      var bare =
          Samples.grant(
              new DeviceRequest(
                  "demo",
                  new Scope(List.of("read")),
                  Optional.empty(),
                  Duration.ofSeconds(60),
                  Optional.empty(),
                  Optional.empty(),
                  true,
                  Origin.parse("2001:db8::7"),
                  NOON));

      assertThat(grants().create(bare, NOON)).isEqualTo(new Applied<>(bare));
      assertThat(stored(bare.locator())).contains(bare);
    }

    @Test
    void leaves_an_existing_grant_alone() {
      applied(grants().create(grant, NOON));

      assertRefused(grants().create(rival(), NOON), grant);
    }

    @Test
    void keeps_a_row_until_its_purge_time() {
      applied(grants().create(grant, NOON));

      assertRefused(grants().create(rival(), grant.purgeAt().minus(MILLISECOND)), grant);
    }

    @Test
    void overwrites_all_of_a_row_that_may_be_purged() {
      applied(grants().create(grant, NOON));
      reach(Decided.CONSUMED);

      assertThat(grants().create(rival(), grant.purgeAt())).isEqualTo(new Applied<>(rival()));
      assertThat(stored()).isEqualTo(rival());
    }

    @Test
    void recognises_its_own_work() {
      applied(grants().create(grant, NOON));

      assertThat(grants().create(grant, NOON)).isEqualTo(new Applied<>(grant));
    }

    private final Grant another = Samples.grant(Samples.challenged(Samples.request(NOON)));

    private Grant rival() {
      return new Grant(
          locator,
          another.request(),
          another.deviceSecret(),
          another.seal(),
          another.expiresAt(),
          another.pace(),
          another.state());
    }
  }

  /// A browser's grant does not exist before its approval.
  @Nested
  class CreateApproved {
    private final Consent less =
        new Consent(
            Optional.of(new Scope(List.of("read"))),
            Optional.of(Duration.ofHours(1)),
            Optional.of("Küche"));
    private final Grant approved = approved(claim, Consent.TO_ALL);

    private Grant approved(Claim by, Consent consent) {
      var given = new Approval(consent, Samples.PROFILE, later, false, digest());
      var asked = Samples.challenged(Samples.request(NOON));
      return new Grant(
          locator,
          asked,
          grant.deviceSecret(),
          digest(),
          later.plusSeconds(60),
          grant.pace(),
          new Approved(by, given));
    }

    @Test
    void stores_every_field() {
      for (var consent : List.of(Consent.TO_ALL, less)) {
        var asked = Samples.grant(Samples.challenged(Samples.request(NOON)));
        var given = new Approval(consent, Samples.PROFILE, later, true, digest());
        var born =
            new Grant(
                asked.locator(),
                asked.request(),
                asked.deviceSecret(),
                asked.seal(),
                asked.expiresAt(),
                asked.pace(),
                new Approved(claim, given));

        assertThat(grants().create(born, later)).isEqualTo(new Applied<>(born));
        assertThat(stored(born.locator())).contains(born);
      }
    }

    @Test
    void recognises_its_own_work_and_keeps_the_first() {
      applied(grants().create(approved, later));
      var again = approved(claim, Consent.TO_ALL);

      assertThat(grants().create(again, later.plusSeconds(5))).isEqualTo(new Applied<>(approved));
      assertThat(stored()).isEqualTo(approved);
    }

    @Test
    void recognises_its_own_work_after_the_code_was_redeemed() {
      applied(grants().create(approved, later));
      assertThat(grants().redeem(locator, proofOf(approved), redemption(), key))
          .isEqualTo(new Stored());

      assertThat(applied(grants().create(approved, later)).state()).isInstanceOf(Consumed.class);
      assertThat(stored().state()).isInstanceOf(Consumed.class);
    }

    @Test
    void refuses_another_consent_claim_or_secret() {
      applied(grants().create(approved, later));
      var secret = Samples.grant(approved.request()).deviceSecret();

      for (var other :
          List.of(
              approved(claim, less),
              approved(new Claim(claim.subject(), digest()), Consent.TO_ALL),
              approved(new Claim(subject(), claim.nonce()), Consent.TO_ALL),
              new Grant(
                  locator,
                  approved.request(),
                  secret,
                  approved.seal(),
                  approved.expiresAt(),
                  approved.pace(),
                  approved.state()))) {
        assertRefused(grants().create(other, later), approved);
      }
    }

    @Test
    void a_barred_grant_is_not_approved_again() {
      applied(grants().create(approved, later));
      var barred = applied(grants().denyBarred(locator, claim));

      assertRefused(grants().create(approved, later), barred);
    }

    @Test
    void is_redeemed_like_any_other() {
      applied(grants().create(approved, later));

      assertThat(grants().redeem(locator, proofOf(approved), redemption(), key))
          .isEqualTo(new Stored());
      assertThat(stores().find(key.id())).contains(key);
    }

    @RepeatedTest(5)
    void many_concurrent_calls_all_find_one_row() throws InterruptedException {
      List<Callable<Write<Grant>>> calls = new ArrayList<>();
      for (int i = 0; i < CONTENDERS; i++) {
        calls.add(() -> grants().create(approved(claim, Consent.TO_ALL), later));
      }

      var rows = race(calls).stream().map(GrantStoreContract::applied).distinct().toList();

      assertThat(rows).containsExactly(stored());
    }
  }

  @Nested
  class Poll {
    @BeforeEach
    void create() {
      applied(grants().create(grant, NOON));
    }

    private Polled poll(Instant now) {
      return grants().poll(locator, proof, attempt(), now);
    }

    @Test
    void moves_only_the_window_by_one_interval_from_the_poll() {
      var attempt = attempt();
      var at = NOON.plusSeconds(7);

      var polled = afterPoll(attempt, at);

      assertThat(polled)
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  new Grant.Pace(
                      Duration.ofSeconds(5),
                      at.plusSeconds(5),
                      Optional.of(attempt),
                      Optional.empty()),
                  new Pending()));
    }

    @Test
    void is_never_early_the_first_time() {
      assertThat(poll(NOON)).isEqualTo(new Polled.Pending());
    }

    @Test
    void continues_while_a_user_looks_at_the_grant() {
      applied(grants().claim(locator, claim, NOON));

      assertThat(afterPoll(attempt(), NOON).state()).isEqualTo(new Claimed(claim));
    }

    @Test
    void requires_the_challenge() {
      var challenged = Samples.grant(Samples.challenged(Samples.request(NOON)));
      applied(grants().create(challenged, NOON));

      for (var wrong : proofsThatDoNotFit(proofOf(challenged))) {
        assertThat(grants().poll(challenged.locator(), wrong, attempt(), NOON))
            .isEqualTo(new Polled.NotPending(Optional.of(challenged)));
      }
      assertThat(grants().poll(challenged.locator(), proofOf(challenged), attempt(), NOON))
          .isEqualTo(new Polled.Pending());
    }

    @Test
    void requires_client_and_secret_and_no_challenge_if_there_is_none() {
      for (var wrong : proofsThatDoNotFit(proof)) {
        assertRefused(grants().poll(locator, wrong, attempt(), NOON), grant);
      }
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().poll(unknown, proof, attempt(), NOON))
          .isEqualTo(new Polled.NotPending(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      assertRefused(poll(grant.expiresAt()), grant);
      assertThat(poll(lastMoment)).isEqualTo(new Polled.Pending());
    }

    @Test
    void may_come_one_second_before_it_is_due() {
      var due = afterPoll(attempt(), NOON).pace().nextPollAt();

      assertThat(poll(due.minusSeconds(1))).isEqualTo(new Polled.Pending());
    }

    @Test
    void may_not_come_more_than_one_second_before_it_is_due() {
      var polled = afterPoll(attempt(), NOON);
      var due = polled.pace().nextPollAt();

      assertRefused(poll(due.minusSeconds(1).minus(MILLISECOND)), polled);
    }

    @ParameterizedTest
    @EnumSource
    void is_refused_for_a_refused_grant(Decided state) {
      reach(state);
      var decided = stored();

      assertRefused(poll(later), decided);
    }

    @Test
    void recognises_its_own_work() {
      var attempt = attempt();
      var polled = afterPoll(attempt, NOON);

      assertThat(grants().poll(locator, proof, attempt, NOON)).isEqualTo(new Polled.Pending());
      assertThat(stored()).isEqualTo(polled);
    }

    @Tag("race")
    @RepeatedTest(5)
    void accepts_one_of_many_concurrent_polls() throws InterruptedException {
      List<Callable<Polled>> polls = new ArrayList<>();
      IntStream.range(0, CONTENDERS).forEach(_ -> polls.add(() -> poll(NOON)));

      assertThat(race(polls)).filteredOn(Polled.Pending.class::isInstance).hasSize(1);
    }
  }

  @Nested
  class SlowDown {
    private final Duration ten = Duration.ofSeconds(10);
    private final Duration fifteen = Duration.ofSeconds(15);

    @BeforeEach
    void create() {
      applied(grants().create(grant, NOON));
    }

    private Grant polled(Instant now) {
      return afterPoll(attempt(), now);
    }

    @Test
    void lengthens_the_interval_and_keeps_the_window() {
      var seen = polled(NOON);

      var slowed = applied(grants().slowDown(seen, ten));

      assertThat(slowed.pace())
          .isEqualTo(
              new Grant.Pace(
                  ten,
                  seen.pace().nextPollAt(),
                  seen.pace().lastPoll(),
                  Optional.of(seen.pace().nextPollAt())));
      assertThat(slowed.state()).isEqualTo(seen.state());
      assertThat(stored()).isEqualTo(slowed);
    }

    @Test
    void happens_once_in_each_window() {
      var seen = polled(NOON);
      var slowed = applied(grants().slowDown(seen, ten));

      assertThat(grants().slowDown(seen, fifteen)).isEqualTo(new Applied<>(slowed));
      assertThat(grants().slowDown(slowed, fifteen)).isEqualTo(new Applied<>(slowed));
      assertThat(stored()).isEqualTo(slowed);
    }

    @Test
    void happens_again_in_the_next_window() {
      applied(grants().slowDown(polled(NOON), ten));
      var next = polled(NOON.plusSeconds(5));

      assertThat(next.pace().nextPollAt()).isEqualTo(NOON.plusSeconds(15));
      assertThat(applied(grants().slowDown(next, fifteen)).pace().interval()).isEqualTo(fifteen);
    }

    @Test
    void is_too_late_once_the_window_has_moved() {
      var seen = polled(NOON);
      var moved = polled(NOON.plusSeconds(5));

      assertRefused(grants().slowDown(seen, ten), moved);
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON));

      assertThat(grants().slowDown(unknown, ten)).isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown.locator())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void is_refused_for_a_refused_grant(Decided state) {
      var seen = polled(NOON);
      reach(state);
      var decided = stored();

      assertRefused(grants().slowDown(seen, ten), decided);
    }
  }

  @Nested
  class ClaimIt {
    @BeforeEach
    void create() {
      applied(grants().create(grant, NOON));
    }

    @Test
    void claims_the_grant_and_changes_nothing_else() {
      var polled = afterPoll(attempt(), NOON);

      var claimed = applied(grants().claim(locator, claim, later));

      assertThat(claimed)
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  polled.pace(),
                  new Claimed(claim)));
      assertThat(stored()).isEqualTo(claimed);
    }

    @Test
    void belongs_to_the_last_claimant() {
      var other = new Claim(subject(), digest());
      applied(grants().claim(locator, claim, NOON));

      assertThat(applied(grants().claim(locator, other, NOON)).state())
          .isEqualTo(new Claimed(other));
      assertThat(stored().state()).isEqualTo(new Claimed(other));
    }

    @Test
    void by_the_same_subject_counts_from_the_last_screen() {
      var again = new Claim(claim.subject(), digest());
      applied(grants().claim(locator, claim, NOON));
      applied(grants().claim(locator, again, NOON));

      assertThat(stored().state()).isEqualTo(new Claimed(again));
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      assertRefused(grants().claim(locator, claim, grant.expiresAt()), grant);
      assertThat(grants().claim(locator, claim, lastMoment)).isInstanceOf(Applied.class);
    }

    @ParameterizedTest
    @EnumSource
    void is_refused_for_a_refused_grant(Decided state) {
      reach(state);
      var decided = stored();

      assertRefused(grants().claim(locator, new Claim(subject(), digest()), later), decided);
      assertRefused(grants().claim(locator, claim, later), decided);
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().claim(unknown, claim, NOON)).isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void recognises_its_own_work() {
      var claimed = applied(grants().claim(locator, claim, NOON));

      assertThat(grants().claim(locator, claim, NOON)).isEqualTo(new Applied<>(claimed));
    }
  }

  @Nested
  class Approve {
    @BeforeEach
    void createAndClaim() {
      applied(grants().create(grant, NOON));
      applied(grants().claim(locator, claim, NOON));
    }

    private Write<Grant> approve(Claim by, Consent consent, Instant now) {
      return grants()
          .approve(locator, by, new Approval(consent, Samples.PROFILE, now, false, digest()), now);
    }

    private Consent scope(String... tokens) {
      return new Consent(
          Optional.of(new Scope(List.of(tokens))), Optional.empty(), Optional.empty());
    }

    private DeviceRequest asking(Scope scope, Duration lifetime) {
      var asked = Samples.request(NOON);
      return new DeviceRequest(
          asked.clientId(),
          scope,
          asked.deviceName(),
          lifetime,
          asked.challenge(),
          asked.delivery(),
          false,
          asked.origin(),
          asked.at());
    }

    private Approval approval(Consent consent) {
      return new Approval(consent, Samples.PROFILE, later, false, digest());
    }

    private Consent lifetime(Duration lifetime) {
      return new Consent(Optional.empty(), Optional.of(lifetime), Optional.empty());
    }

    @Test
    void stores_a_consent_to_all() {
      var approved = applied(grants().approve(locator, claim, approval, later));

      assertThat(approved)
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  grant.pace(),
                  new Approved(claim, approval)));
      assertThat(stored()).isEqualTo(approved);
    }

    @Test
    void stores_a_consent_to_less_under_another_name() {
      var less =
          new Approval(
              new Consent(
                  Optional.of(new Scope(List.of("write"))),
                  Optional.of(Duration.ofHours(1)),
                  Optional.of("küche 🍳")),
              Profile.NONE,
              later,
              true,
              digest());

      assertThat(applied(grants().approve(locator, claim, less, later)).state())
          .isEqualTo(new Approved(claim, less));
      assertThat(stored().state()).isEqualTo(new Approved(claim, less));
    }

    @Test
    void stores_that_the_device_needs_a_number() {
      var numbered = new Approval(Consent.TO_ALL, Samples.PROFILE, later, true, digest());

      assertThat(applied(grants().approve(locator, claim, numbered, later)).state())
          .isEqualTo(new Approved(claim, numbered));
      assertThat(stored().state()).isEqualTo(new Approved(claim, numbered));
    }

    @Test
    void recognises_its_own_work_when_another_check_is_due_meanwhile() {
      var approved = applied(grants().approve(locator, claim, approval, later));
      var numbered = new Approval(Consent.TO_ALL, Samples.PROFILE, later, true, digest());

      assertThat(grants().approve(locator, claim, numbered, later))
          .isEqualTo(new Applied<>(approved));
      assertThat(stored()).isEqualTo(approved);
    }

    @Test
    void may_repeat_the_whole_request() {
      var consent =
          new Consent(
              Optional.of(new Scope(List.of("write", "read"))),
              Optional.of(grant.request().lifetime()),
              Optional.empty());

      assertThat(approve(claim, consent, later)).isInstanceOf(Applied.class);
    }

    @Test
    void is_refused_to_anyone_but_the_claimant() {
      assertRefused(approve(new Claim(subject(), claim.nonce()), Consent.TO_ALL, later), stored());
    }

    /// One scope fewer than the build permits per client.
    @Test
    void may_name_forty_nine_of_fifty_scopes_with_long_names() {
      var all = IntStream.range(0, 50).mapToObj(i -> i + "x".repeat(200)).toList();
      var wide = Samples.grant(asking(new Scope(all), Duration.ofHours(24)));
      applied(grants().create(wide, NOON));
      applied(grants().claim(wide.locator(), claim, NOON));
      var consent =
          new Consent(
              Optional.of(new Scope(all.subList(1, 50))),
              Optional.of(Duration.ofMinutes(1)),
              Optional.of("my laptop"));
      var narrowed = new Approval(consent, Samples.PROFILE, later, false, digest());

      assertThat(applied(grants().approve(wide.locator(), claim, narrowed, later)).state())
          .isEqualTo(new Approved(claim, narrowed));
    }

    @Test
    void is_refused_to_a_screen_that_is_not_the_last() {
      var newer = new Claim(claim.subject(), digest());
      applied(grants().claim(locator, newer, NOON));

      assertRefused(approve(claim, Consent.TO_ALL, later), stored());
      assertThat(approve(newer, Consent.TO_ALL, later)).isInstanceOf(Applied.class);
    }

    @Test
    void is_refused_for_an_unclaimed_grant() {
      var unclaimed = Samples.grant(Samples.request(NOON));
      applied(grants().create(unclaimed, NOON));

      assertThat(grants().approve(unclaimed.locator(), claim, approval, later))
          .isEqualTo(new Refused<>(Optional.of(unclaimed)));
      assertThat(stored(unclaimed.locator())).contains(unclaimed);
    }

    @Test
    void is_refused_for_a_wider_scope() {
      assertRefused(approve(claim, scope("read", "write", "admin"), later), stored());
      assertRefused(approve(claim, scope("admin"), later), stored());
    }

    @Test
    void is_refused_for_part_of_a_scope_token() {
      assertRefused(approve(claim, scope("rea"), later), stored());
    }

    @Test
    void is_refused_for_a_longer_life() {
      var longer = grant.request().lifetime().plusSeconds(1);

      assertRefused(approve(claim, lifetime(longer), later), stored());
    }

    @Test
    void may_set_a_lifetime_up_to_the_refresh_limit_if_offline_access_was_requested() {
      var scope = new Scope(List.of("read", Scope.OFFLINE_ACCESS));
      var renewable = Samples.grant(asking(scope, Duration.ofHours(1)));
      applied(grants().create(renewable, NOON));
      applied(grants().claim(renewable.locator(), claim, NOON));
      var longest = renewable.request().longestLink();

      assertThat(
              grants()
                  .approve(
                      renewable.locator(),
                      claim,
                      approval(lifetime(longest.plusSeconds(1))),
                      later))
          .isInstanceOf(Refused.class);
      assertThat(grants().approve(renewable.locator(), claim, approval(lifetime(longest)), later))
          .isInstanceOf(Applied.class);
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      assertRefused(approve(claim, Consent.TO_ALL, grant.expiresAt()), stored());
      assertThat(approve(claim, Consent.TO_ALL, lastMoment)).isInstanceOf(Applied.class);
    }

    @ParameterizedTest
    @EnumSource
    void by_another_is_refused_after_a_decision(Decided state) {
      reach(state);

      assertRefused(approve(new Claim(subject(), digest()), Consent.TO_ALL, later), stored());
    }

    @Test
    void cannot_follow_a_denial() {
      reach(Decided.DENIED);

      assertRefused(approve(claim, Consent.TO_ALL, later), stored());
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().approve(unknown, claim, approval, later))
          .isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void recognises_its_own_work() {
      var approved = applied(grants().approve(locator, claim, approval, later));

      assertThat(grants().approve(locator, claim, approval, later))
          .isEqualTo(new Applied<>(approved));
      assertThat(stored()).isEqualTo(approved);
    }

    @Test
    void recognises_its_own_work_when_the_users_name_changes_meanwhile() {
      var approved = applied(grants().approve(locator, claim, approval, later));
      var renamed =
          new Approval(approval.consent(), Profile.NONE, approval.since(), false, digest());

      assertThat(grants().approve(locator, claim, renamed, later))
          .isEqualTo(new Applied<>(approved));
      assertThat(stored()).isEqualTo(approved);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void stores_what_is_known_of_the_user(int known) {
      var profile =
          new Profile(
              Optional.of("Ada").filter(_ -> known == 0),
              Optional.of("ada@example.com").filter(_ -> known == 1),
              Optional.of("Engines").filter(_ -> known == 2));
      var approval = new Approval(Consent.TO_ALL, profile, later, false, digest());

      applied(grants().approve(locator, claim, approval, later));

      assertThat(stored().state()).isEqualTo(new Approved(claim, approval));
    }

    @Test
    void recognises_its_own_work_after_the_redemption() {
      reach(Decided.CONSUMED);
      var consumed = stored();

      assertThat(grants().approve(locator, claim, approval, later))
          .isEqualTo(new Applied<>(consumed));
      assertThat(stored()).isEqualTo(consumed);
    }

    @Test
    void repeated_with_other_values_is_refused_and_changes_nothing() {
      var approved = applied(grants().approve(locator, claim, approval, later));

      assertRefused(approve(claim, scope("read"), later.plusSeconds(1)), approved);
    }
  }

  @Nested
  class Find {
    @Test
    void returns_the_row_and_changes_nothing() {
      assertThat(grants().find(locator)).isEmpty();
      applied(grants().create(grant, NOON));
      assertThat(grants().find(locator)).contains(grant);

      reach(Decided.APPROVED);
      assertThat(grants().find(locator).orElseThrow().state())
          .isEqualTo(new Approved(claim, approval));
      assertThat(stored().state()).isEqualTo(new Approved(claim, approval));
    }
  }

  @Nested
  class CountWrong {
    private final MatchingNumber first = new MatchingNumber(11);
    private final MatchingNumber second = new MatchingNumber(22);
    private final MatchingNumber third = new MatchingNumber(33);

    @BeforeEach
    void createClaimAndApprove() {
      applied(grants().create(grant, NOON));
      applied(grants().claim(locator, claim, NOON));
      approveIt();
    }

    private Write<Grant> count(MatchingNumber wrong) {
      return grants().countWrong(locator, proof, wrong, later);
    }

    private Grant in(State state) {
      return new Grant(
          locator,
          grant.request(),
          grant.deviceSecret(),
          grant.seal(),
          grant.expiresAt(),
          grant.pace(),
          state);
    }

    @Test
    void stores_the_number_and_changes_nothing_else() {
      assertThat(applied(count(first))).isEqualTo(in(new Approved(claim, approval, Set.of(first))));
      assertThat(applied(count(second)))
          .isEqualTo(in(new Approved(claim, approval, Set.of(first, second))));
      assertThat(stored()).isEqualTo(in(new Approved(claim, approval, Set.of(first, second))));
    }

    @Test
    void counts_the_same_number_once() {
      var counted = applied(count(first));
      for (int i = 0; i < 5; i++) {
        assertThat(count(first)).isEqualTo(new Applied<>(counted));
      }
      assertThat(stored()).isEqualTo(counted);
    }

    @Test
    void denies_the_grant_at_the_third() {
      count(first);
      count(second);
      var denied = in(new Denied(claim, Set.of(first, second, third)));

      assertThat(applied(count(third))).isEqualTo(denied);
      assertThat(stored()).isEqualTo(denied);
      assertRefused(count(new MatchingNumber(44)), denied);
    }

    @Test
    void recognises_its_own_work_after_a_denial_too() {
      count(first);
      count(second);
      var denied = applied(count(third));

      assertThat(count(third)).isEqualTo(new Applied<>(denied));
      assertThat(stored()).isEqualTo(denied);
    }

    @Test
    void requires_the_proof() {
      for (var wrong : proofsThatDoNotFit(proof)) {
        assertRefused(grants().countWrong(locator, wrong, first, later), stored());
      }
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      assertRefused(grants().countWrong(locator, proof, first, grant.expiresAt()), stored());
      applied(grants().countWrong(locator, proof, first, lastMoment));
    }

    @Test
    void is_refused_before_the_approval() {
      var pending = Samples.grant(Samples.request(NOON));
      applied(grants().create(pending, NOON));
      assertThat(grants().countWrong(pending.locator(), proofOf(pending), first, later))
          .isEqualTo(new Refused<>(Optional.of(pending)));

      var claimed = applied(grants().claim(pending.locator(), claim, NOON));
      assertThat(grants().countWrong(pending.locator(), proofOf(pending), first, later))
          .isEqualTo(new Refused<>(Optional.of(claimed)));
      assertThat(stored(pending.locator())).contains(claimed);
    }

    @Test
    void is_refused_after_a_denial_and_after_the_redemption() {
      assertThat(redeem(redemption())).isEqualTo(new Stored());
      assertRefused(count(first), stored());

      var other = Samples.grant(Samples.request(NOON));
      applied(grants().create(other, NOON));
      applied(grants().claim(other.locator(), claim, NOON));
      var denied = applied(grants().deny(other.locator(), claim.subject(), later));
      assertThat(grants().countWrong(other.locator(), proofOf(other), first, later))
          .isEqualTo(new Refused<>(Optional.of(denied)));
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().countWrong(unknown, proof, first, later))
          .isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void after_two_the_key_can_be_redeemed_and_after_three_it_cannot() {
      count(first);
      count(second);
      assertThat(redeem(redemption())).isEqualTo(new Stored());

      var other = Samples.grant(Samples.request(NOON));
      applied(grants().create(other, NOON));
      applied(grants().claim(other.locator(), claim, NOON));
      applied(grants().approve(other.locator(), claim, approval, later));
      for (var wrong : List.of(first, second, third)) {
        applied(grants().countWrong(other.locator(), proofOf(other), wrong, later));
      }
      var denied = stored(other.locator());
      var next = Samples.key(claim.subject(), later);
      assertThat(grants().redeem(other.locator(), proofOf(other), redemption(), next))
          .isEqualTo(new Redeemed.NotApproved(denied));
      assertThat(stores().find(next.id())).isEmpty();
    }

    @Test
    void after_three_the_approval_ends_and_the_claimant_may_still_deny() {
      for (var wrong : List.of(first, second, third)) {
        applied(count(wrong));
      }
      var denied = stored();

      assertRefused(grants().approve(locator, claim, approval, later), denied);
      assertRefused(grants().claim(locator, claim, later), denied);
      assertThat(applied(grants().deny(locator, claim.subject(), later))).isEqualTo(denied);
    }

    @Test
    void is_kept_when_the_claimant_denies() {
      count(first);

      assertThat(applied(grants().deny(locator, claim.subject(), later)))
          .isEqualTo(in(new Denied(claim, Set.of(first))));
      assertThat(stored()).isEqualTo(in(new Denied(claim, Set.of(first))));
    }

    @Tag("race")
    @RepeatedTest(5)
    void stops_at_three_however_many_race() throws InterruptedException {
      var answers =
          race(
              IntStream.range(0, CONTENDERS)
                  .<Callable<Write<Grant>>>mapToObj(
                      number -> () -> count(new MatchingNumber(10 + number)))
                  .toList());

      assertThat(answers.stream().filter(Applied.class::isInstance)).hasSize(3);
      assertThat(stored().state())
          .isInstanceOfSatisfying(Denied.class, denied -> assertThat(denied.wrong()).hasSize(3));
    }

    @Tag("race")
    @RepeatedTest(5)
    void and_a_redemption_have_one_outcome() throws InterruptedException {
      count(first);
      count(second);
      race(List.<Callable<Object>>of(() -> count(third), () -> redeem(redemption())));

      assertThat(stored().state()).isInstanceOfAny(Consumed.class, Denied.class);
      assertThat(stores().find(key.id()).isPresent())
          .isEqualTo(stored().state() instanceof Consumed);
    }
  }

  @Nested
  class Deny {
    @BeforeEach
    void createAndClaim() {
      applied(grants().create(grant, NOON));
      applied(grants().claim(locator, claim, NOON));
    }

    private Write<Grant> deny(Subject by, Instant now) {
      return grants().deny(locator, by, now);
    }

    @Test
    void denies_a_claimed_grant_and_changes_nothing_else() {
      var denied = applied(deny(claim.subject(), later));

      assertThat(denied)
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  grant.pace(),
                  new Denied(claim)));
      assertThat(stored()).isEqualTo(denied);
    }

    @Test
    void withdraws_an_approval() {
      approveIt();

      assertThat(applied(deny(claim.subject(), later)).state()).isEqualTo(new Denied(claim));
      assertThat(redeem(redemption())).isEqualTo(new Redeemed.NotApproved(Optional.of(stored())));
    }

    @Test
    void is_too_late_for_a_consumed_code() {
      reach(Decided.CONSUMED);

      assertRefused(deny(claim.subject(), later), stored());
    }

    @Test
    void is_refused_to_anyone_but_the_claimant() {
      assertRefused(deny(subject(), later), stored());
      approveIt();
      assertRefused(deny(subject(), later), stored());
      denyIt();
      assertRefused(deny(subject(), later), stored());
    }

    @Test
    void is_refused_for_an_unclaimed_grant() {
      var unclaimed = Samples.grant(Samples.request(NOON));
      applied(grants().create(unclaimed, NOON));

      assertThat(grants().deny(unclaimed.locator(), claim.subject(), later))
          .isEqualTo(new Refused<>(Optional.of(unclaimed)));
      assertThat(stored(unclaimed.locator())).contains(unclaimed);
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      assertRefused(deny(claim.subject(), grant.expiresAt()), stored());
      assertThat(deny(claim.subject(), lastMoment)).isInstanceOf(Applied.class);
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().deny(unknown, claim.subject(), later))
          .isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void recognises_its_own_work() {
      var denied = applied(deny(claim.subject(), later));

      assertThat(deny(claim.subject(), later)).isEqualTo(new Applied<>(denied));
      assertThat(stored()).isEqualTo(denied);
    }

    @Tag("race")
    @RepeatedTest(5)
    void wins_against_an_approval_at_the_same_moment() throws InterruptedException {
      race(
          List.of(
              () -> grants().approve(locator, claim, approval, later),
              () -> deny(claim.subject(), later)));

      assertThat(stored().state()).isEqualTo(new Denied(claim));
    }
  }

  @Nested
  class Bar {
    @BeforeEach
    void createAndClaim() {
      applied(grants().create(grant, NOON));
      applied(grants().claim(locator, claim, NOON));
    }

    @Test
    void denies_an_approved_grant_and_changes_nothing_else() {
      approveIt();

      var denied = applied(grants().denyBarred(locator, claim));

      assertThat(denied)
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  grant.pace(),
                  new Denied(claim)));
      assertThat(stored()).isEqualTo(denied);
    }

    @Test
    void leaves_a_grant_alone_that_is_not_approved() {
      assertRefused(grants().denyBarred(locator, claim), stored());
      approveIt();
      assertThat(redeem(redemption())).isEqualTo(new Stored());
      assertRefused(grants().denyBarred(locator, claim), stored());
    }

    @Test
    void leaves_an_approval_on_another_screen_alone() {
      approveIt();

      assertRefused(grants().denyBarred(locator, new Claim(claim.subject(), digest())), stored());
      assertRefused(grants().denyBarred(locator, new Claim(subject(), claim.nonce())), stored());
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().denyBarred(unknown, claim)).isEqualTo(new Refused<>(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
    }

    @Test
    void recognises_its_own_work() {
      approveIt();
      var denied = applied(grants().denyBarred(locator, claim));

      assertThat(grants().denyBarred(locator, claim)).isEqualTo(new Applied<>(denied));
      assertThat(stored()).isEqualTo(denied);
    }
  }

  @Nested
  class Redeem {
    @BeforeEach
    void createClaimAndApprove() {
      applied(grants().create(grant, NOON));
      applied(grants().claim(locator, claim, NOON));
      approveIt();
    }

    private void assertRefused(Redeemed answer, Grant unchanged) {
      assertThat(answer).isEqualTo(new Redeemed.NotApproved(Optional.of(unchanged)));
      assertThat(stored()).isEqualTo(unchanged);
    }

    @Test
    void consumes_the_code_and_stores_the_key() {
      var redemption = redemption();

      assertThat(redeem(redemption)).isEqualTo(new Stored());

      assertThat(stored())
          .isEqualTo(
              new Grant(
                  locator,
                  grant.request(),
                  grant.deviceSecret(),
                  grant.seal(),
                  grant.expiresAt(),
                  grant.pace(),
                  new Consumed(claim, approval, redemption)));
      assertThat(stores().find(key.id())).contains(key);
    }

    @Test
    void remembers_that_no_idempotency_key_was_sent() {
      var strict = new Redemption(later, attempt(), Optional.empty());

      assertThat(redeem(strict)).isEqualTo(new Stored());

      assertThat(stored().state()).isEqualTo(new Consumed(claim, approval, strict));
    }

    @Test
    void happens_once() {
      assertThat(redeem(redemption())).isEqualTo(new Stored());
      var consumed = stored();

      assertRefused(redeem(redemption()), consumed);
    }

    @Test
    void happens_once_even_for_another_key() {
      assertThat(redeem(redemption())).isEqualTo(new Stored());
      var consumed = stored();
      var second = Samples.key(claim.subject(), later);

      assertRefused(grants().redeem(locator, proof, redemption(), second), consumed);
      assertThat(stores().find(second.id())).isEmpty();
    }

    @Test
    void requires_the_proof() {
      for (var wrong : proofsThatDoNotFit(proof)) {
        assertRefused(grants().redeem(locator, wrong, redemption(), key), stored());
      }
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void requires_the_challenge() {
      var challenged = Samples.grant(Samples.challenged(Samples.request(NOON)));
      applied(grants().create(challenged, NOON));
      applied(grants().claim(challenged.locator(), claim, NOON));
      applied(grants().approve(challenged.locator(), claim, approval, later));

      for (var wrong : proofsThatDoNotFit(proofOf(challenged))) {
        assertThat(grants().redeem(challenged.locator(), wrong, redemption(), key))
            .isInstanceOf(Redeemed.NotApproved.class);
      }
      assertThat(stores().find(key.id())).isEmpty();
      assertThat(grants().redeem(challenged.locator(), proofOf(challenged), redemption(), key))
          .isEqualTo(new Stored());
    }

    @Test
    void is_refused_before_the_approval() {
      var pending = Samples.grant(Samples.request(NOON));
      applied(grants().create(pending, NOON));
      var claimed = applied(grants().claim(pending.locator(), claim, NOON));

      assertThat(grants().redeem(pending.locator(), proofOf(pending), redemption(), key))
          .isEqualTo(new Redeemed.NotApproved(Optional.of(claimed)));
      assertThat(stored(pending.locator())).contains(claimed);
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void is_refused_after_a_denial() {
      denyIt();

      assertRefused(redeem(redemption()), stored());
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void is_refused_at_the_moment_of_expiry() {
      var late = new Redemption(grant.expiresAt(), attempt(), Optional.empty());
      assertRefused(redeem(late), stored());
      assertThat(stores().find(key.id())).isEmpty();

      var inTime = new Redemption(lastMoment, attempt(), Optional.empty());
      assertThat(redeem(inTime)).isEqualTo(new Stored());
    }

    @Test
    void finds_nothing_at_an_unknown_place() {
      var unknown = Samples.grant(Samples.request(NOON)).locator();

      assertThat(grants().redeem(unknown, proof, redemption(), key))
          .isEqualTo(new Redeemed.NotApproved(Optional.empty()));
      assertThat(stored(unknown)).isEmpty();
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void is_barred_for_a_disabled_subject() {
      Samples.disabling(stores().keys()).disable(claim.subject());
      var approved = stored();

      assertThat(redeem(redemption())).isEqualTo(new Barred());
      assertThat(stored()).isEqualTo(approved);
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void is_barred_when_the_subject_was_enabled_at_or_after_the_approval() {
      var approved = stored();
      for (var at : List.of(approval.since(), approval.since().plus(MILLISECOND))) {
        Samples.disabling(stores().keys()).disable(claim.subject());
        var begun = Samples.disabling(stores().keys()).beginEnabling(claim.subject());
        assertThat(redeem(redemption())).as("not finished").isEqualTo(new Barred());
        finish(begun.row(), at);

        assertThat(redeem(redemption())).isEqualTo(new Barred());
        assertThat(stored()).isEqualTo(approved);
      }
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void succeeds_if_the_subject_was_enabled_before_the_approval() {
      Samples.disabling(stores().keys()).disable(claim.subject());
      var begun = Samples.disabling(stores().keys()).beginEnabling(claim.subject());
      finish(begun.row(), approval.since().minus(MILLISECOND));

      assertThat(redeem(redemption())).isEqualTo(new Stored());
    }

    private void finish(KeyStore.Disablement row, Instant at) {
      assertThat(stores().keys().finishEnabling(claim.subject(), row.by().orElseThrow(), at))
          .isInstanceOf(Applied.class);
    }

    @Test
    void is_barred_when_the_subject_signed_out_at_or_after_the_approval() {
      var approved = stored();
      for (var at : List.of(approval.since(), approval.since().plus(MILLISECOND))) {
        stores().keys().signOut(claim.subject(), at);

        assertThat(redeem(redemption())).isEqualTo(new Barred());
        assertThat(stored()).isEqualTo(approved);
      }
      assertThat(stores().find(key.id())).isEmpty();
    }

    @Test
    void succeeds_if_the_subject_signed_out_before_the_approval() {
      stores().keys().signOut(claim.subject(), approval.since().minus(MILLISECOND));

      assertThat(redeem(redemption())).isEqualTo(new Stored());
    }

    @Test
    void ignores_the_standing_of_others() {
      Samples.disabling(stores().keys()).disable(subject());

      assertThat(redeem(redemption())).isEqualTo(new Stored());
    }

    @Test
    void never_overwrites_a_key_and_then_burns_no_code() {
      assertThat(redeem(redemption())).isEqualTo(new Stored());
      var second = Samples.grant(Samples.request(NOON));
      applied(grants().create(second, NOON));
      applied(grants().claim(second.locator(), claim, NOON));
      var approved = applied(grants().approve(second.locator(), claim, approval, later));
      var otherKey = Samples.key(claim.subject(), later);
      var sameId =
          new Key(
              key.id(),
              otherKey.terms(),
              otherKey.seal(),
              otherKey.generation(),
              Optional.empty(),
              Optional.empty());

      assertThat(grants().redeem(second.locator(), proofOf(second), redemption(), sameId))
          .isInstanceOf(Redeemed.NotApproved.class);
      assertThat(stored(second.locator())).contains(approved);
      assertThat(stores().find(key.id())).contains(key);
    }

    @Test
    void recognises_its_own_work() {
      var redemption = redemption();
      assertThat(redeem(redemption)).isEqualTo(new Stored());
      var consumed = stored();

      assertThat(redeem(redemption)).isEqualTo(new Stored());
      assertThat(stored()).isEqualTo(consumed);
      assertThat(stores().find(key.id())).contains(key);
    }

    @Tag("race")
    @RepeatedTest(5)
    void happens_once_however_many_polls_race() throws InterruptedException {
      var keys =
          Stream.generate(() -> Samples.key(claim.subject(), later)).limit(CONTENDERS).toList();
      List<Callable<Redeemed>> polls =
          keys.stream()
              .<Callable<Redeemed>>map(
                  own -> () -> grants().redeem(locator, proof, redemption(), own))
              .toList();

      var answers = race(polls).stream().collect(Collectors.partitioningBy(new Stored()::equals));

      assertThat(answers.get(true)).hasSize(1);
      assertThat(answers.get(false)).hasOnlyElementsOfType(Redeemed.NotApproved.class);
      assertThat(keys.stream().filter(own -> stores().find(own.id()).isPresent())).hasSize(1);
    }

    @Tag("race")
    @RepeatedTest(5)
    void ends_in_a_key_or_in_a_denial_but_never_in_both() throws InterruptedException {
      race(
          List.<Callable<Object>>of(
              () -> redeem(redemption()), () -> grants().deny(locator, claim.subject(), later)));

      assertThat(stores().find(key.id()).isPresent())
          .isEqualTo(stored().state() instanceof Consumed);
      assertThat(stored().state()).isInstanceOfAny(Consumed.class, Denied.class);
    }
  }
}
