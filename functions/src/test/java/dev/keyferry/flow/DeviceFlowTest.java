package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.DEMO;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Authorize.Codes;
import dev.keyferry.flow.Decide.ApprovedGrant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests of the device flow as a client and a user see it, by section of the RFCs.
final class DeviceFlowTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Subject ADA = new Subject("ada");
  private static final Subject BOB = new Subject("bob");
  private static final Approver ADA_HERE = Samples.approver(ADA);
  private static final Approver BOB_HERE = Samples.approver(BOB);
  private static final Optional<CodeChallenge> NO_VERIFIER = Optional.empty();
  private static final Optional<MatchingNumber> NO_NUMBER = Optional.empty();
  private static final Optional<String> ONCE = Optional.empty();

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final TestEncrypter encrypter = new TestEncrypter();
  private final List<Audit.Event> audited = Collections.synchronizedList(new ArrayList<>());
  private final Random random = new Random(8628);
  private final DeviceFlow flow = flowOver(hasher);
  private ConfirmationPolicy policy = ConfirmationPolicy.MISMATCH;

  private DeviceFlow flowOver(Hasher hasher) {
    return flowOver(grants, hasher);
  }

  /// The same flow, in which another action runs right before the first write of this name.
  private DeviceFlow overtaken(String write, Runnable other) {
    return flowOver(Overtaken.store(GrantStore.class, grants, write, other), hasher);
  }

  private DeviceFlow flowOver(GrantStore grants, Hasher hasher) {
    return new DeviceFlow(
        grants,
        keys,
        hasher,
        new Issuance(TokenPrefix.DEFAULT, encrypter),
        _ -> policy,
        new Environment(clock, random, audited::add));
  }

  private static <T> T given(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Given.class);
    return ((Given<T>) answer).value();
  }

  private static OAuthError declined(Answer<?> answer) {
    assertThat(answer).isInstanceOf(Declined.class);
    return ((Declined<?>) answer).error();
  }

  private Codes authorize() {
    return given(flow.authorize(Samples.request(clock.instant())));
  }

  private Codes authorizeChallenged() {
    return given(flow.authorize(Samples.challenged(Samples.request(clock.instant()))));
  }

  private String claim(Codes codes) {
    return given(flow.claim(ADA, codes.userCode())).approvalNonce();
  }

  private Answer<ApprovedGrant> approve(Codes codes, Consent consent) {
    return flow.approve(ADA_HERE, codes.userCode(), claim(codes), consent);
  }

  private void approve(Codes codes) {
    assertThat(approve(codes, Consent.TO_ALL)).isInstanceOf(Given.class);
  }

  private void deny(Codes codes) {
    claim(codes);
    assertThat(flow.deny(ADA, codes.userCode())).isInstanceOf(Given.class);
  }

  private String nameOf(Key key) {
    return new DeviceNames(hasher).of(key);
  }

  private Answer<IssuedKey> poll(Codes codes) {
    return flow.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE);
  }

  private Answer<IssuedKey> poll(Codes codes, String idempotencyKey) {
    return flow.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, Optional.of(idempotencyKey));
  }

  private Answer<IssuedKey> pollVerified(Codes codes, Optional<CodeChallenge> answered) {
    return flow.poll(CLI, codes.deviceCode(), answered, NO_NUMBER, ONCE);
  }

  private Answer<IssuedKey> pollWithOtherSecret(Codes codes) {
    var guessed = new DeviceCode(codes.deviceCode().locator(), authorize().deviceCode().secret());
    return flow.poll(CLI, guessed, NO_VERIFIER, NO_NUMBER, ONCE);
  }

  private Grant row(Codes codes) {
    return grants.find(codes.deviceCode().locator()).orElseThrow();
  }

  private void forge(Codes codes, State state) {
    grants.forge(codes.deviceCode().locator(), row -> InMemoryGrantStore.in(row, state));
  }

  @Nested
  class Rfc8628Section3Point1DeviceAuthorization {
    @Test
    void returns_both_codes_of_one_pending_grant() {
      var codes = authorize();

      assertThat(row(codes).state()).isEqualTo(new Pending());
      assertThat(row(codes).request()).isEqualTo(Samples.request(NOON));
      assertThat(given(flow.claim(ADA, codes.userCode())).grant().locator())
          .isEqualTo(codes.deviceCode().locator());
    }

    @Test
    void returns_codes_that_last_ten_minutes() {
      assertThat(row(authorize()).expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
    }

    @Test
    void returns_new_codes_for_each_request() {
      var one = authorize();
      var other = authorize();

      assertThat(one.userCode()).isNotEqualTo(other.userCode());
      assertThat(one.deviceCode().locator()).isNotEqualTo(other.deviceCode().locator());
      assertThat(one.deviceCode().secret()).isNotEqualTo(other.deviceCode().secret());
    }

    @Test
    void never_prints_a_code_by_accident() {
      var codes = authorize();

      assertThat(codes.toString())
          .doesNotContain(codes.userCode().characters())
          .doesNotContain(codes.deviceCode().reveal().substring(22));
    }

    @Test
    void draws_again_when_a_live_grant_has_the_user_code() {
      var hasher = new RepeatingUserCodes(2);
      var repeating = flowOver(hasher);
      var first = given(repeating.authorize(Samples.request(NOON)));

      var second = given(repeating.authorize(Samples.request(NOON)));

      assertThat(first.userCode().characters()).isEqualTo("AAAAAAAA");
      assertThat(second.userCode()).isNotEqualTo(first.userCode());
      assertThat(hasher.userCodes()).isEqualTo(3);
    }

    @Test
    void gives_up_after_five_user_codes_without_calling_it_a_verdict() {
      var hasher = new RepeatingUserCodes(Integer.MAX_VALUE);
      var repeating = flowOver(hasher);
      given(repeating.authorize(Samples.request(NOON)));

      assertThat(declined(repeating.authorize(Samples.request(NOON))))
          .isEqualTo(OAuthError.TEMPORARILY_UNAVAILABLE);
      assertThat(hasher.userCodes()).isEqualTo(1 + 5);
    }

    @Test
    void reuses_the_locator_of_a_purgeable_grant() {
      var repeating = flowOver(new RepeatingUserCodes(2));
      var first = given(repeating.authorize(Samples.request(NOON)));
      clock.set(row(first).purgeAt());

      var second = given(repeating.authorize(Samples.request(clock.instant())));

      assertThat(second.userCode()).isEqualTo(first.userCode());
      assertThat(declined(poll(first))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(poll(second))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    /// Derives the same user code for the first few calls, and then others.
    private final class RepeatingUserCodes implements Hasher {
      private static final int USER_CODE_BYTES = 8;

      private final int times;
      private int userCodes;

      RepeatingUserCodes(int times) {
        this.times = times;
      }

      @Override
      public int version() {
        return hasher.version();
      }

      @Override
      public byte[] hmac(Purpose purpose, int version, byte[] message) {
        var derives = purpose.equals(Purpose.USER_CODE) && message.length > USER_CODE_BYTES;
        return derives && userCodes++ < times
            ? new byte[32]
            : hasher.hmac(purpose, version, message);
      }

      @Override
      public boolean isAvailable(Purpose purpose, int version) {
        return hasher.isAvailable(purpose, version);
      }

      int userCodes() {
        return userCodes;
      }
    }
  }

  @Nested
  class Rfc8628Section3Point3UserInteraction {
    @Test
    void a_claim_shows_the_request_and_decides_nothing() {
      var codes = authorize();

      var screen = given(flow.claim(ADA, codes.userCode()));

      assertThat(screen.grant().request()).isEqualTo(Samples.request(NOON));
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    @Test
    void a_code_is_accepted_however_it_is_typed() {
      var codes = authorize();
      var typed = codes.userCode().display().toLowerCase(Locale.ROOT);

      assertThat(given(flow.claim(ADA, typed)).grant().locator())
          .isEqualTo(codes.deviceCode().locator());
      assertThat(declined(flow.claim(ADA, "no code at all")))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
    }

    @Test
    void every_screen_has_a_nonce_of_its_own() {
      var codes = authorize();

      assertThat(claim(codes)).isNotEqualTo(claim(codes));
    }

    @Test
    void unknown_expired_and_decided_codes_cannot_be_told_apart() {
      var unknown = new UserCode("ABCDEFGH");
      var denied = authorize();
      deny(denied);
      var approved = authorize();
      approve(approved);
      var consumed = authorize();
      approve(consumed);
      given(poll(consumed));

      assertThat(declined(flow.claim(ADA, unknown))).isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.claim(ADA, denied.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.claim(ADA, approved.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.claim(ADA, consumed.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);

      var expired = authorize();
      clock.advance(Authorize.CODE_LIFETIME);
      assertThat(declined(flow.claim(ADA, expired.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
    }

    @Test
    void the_last_claimant_decides() {
      var codes = authorize();
      var adas = claim(codes);
      var bobs = given(flow.claim(BOB, codes.userCode())).approvalNonce();

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), adas, Consent.TO_ALL)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.deny(ADA, codes.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      given(flow.approve(BOB_HERE, codes.userCode(), bobs, Consent.TO_ALL));
      assertThat(given(poll(codes)).key().terms().subject()).isEqualTo(BOB);
    }

    @Test
    void only_the_latest_screen_approves() {
      var codes = authorize();
      var old = claim(codes);
      var latest = claim(codes);

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), old, Consent.TO_ALL)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      given(flow.approve(ADA_HERE, codes.userCode(), latest, Consent.TO_ALL));
    }

    @Test
    void another_screens_nonce_does_not_approve() {
      var codes = authorize();
      var nonce = claim(codes);

      assertThat(declined(flow.approve(BOB_HERE, codes.userCode(), nonce, Consent.TO_ALL)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    @Test
    void more_than_was_requested_cannot_be_approved_and_less_can() {
      var codes = authorize();
      var nonce = claim(codes);
      var wider = consent(Optional.of(new Scope(List.of("read", "admin"))), Optional.empty());
      var longer = consent(Optional.empty(), Optional.of(Duration.ofHours(25)));
      var less = consent(Optional.of(new Scope(List.of("read"))), Optional.empty());
      var lessFor = consent(less.scope(), longer.lifetime());

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), nonce, wider)).code())
          .isEqualTo(OAuthError.Code.INVALID_SCOPE);
      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), nonce, longer)).code())
          .isEqualTo(OAuthError.Code.INVALID_REQUEST);
      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), nonce, lessFor)).code())
          .isEqualTo(OAuthError.Code.INVALID_REQUEST);
      given(flow.approve(ADA_HERE, codes.userCode(), nonce, less));
    }

    @Test
    void an_excessive_approval_reveals_nothing_about_an_expired_code() {
      var codes = authorize();
      var nonce = claim(codes);
      clock.advance(Authorize.CODE_LIFETIME);
      var wider = consent(Optional.of(new Scope(List.of("admin"))), Optional.empty());

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), nonce, wider)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
    }

    @Test
    void an_approval_may_be_sent_twice() {
      var codes = authorize();
      var nonce = claim(codes);

      given(flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      clock.advance(INTERVAL);
      given(flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));

      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void a_denial_may_be_sent_twice_and_cannot_be_undone() {
      var codes = authorize();
      var nonce = claim(codes);

      given(flow.deny(ADA, codes.userCode()));
      given(flow.deny(ADA, codes.userCode()));

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void an_approval_can_be_denied_until_it_is_redeemed() {
      var codes = authorize();
      approve(codes);
      given(flow.deny(ADA, codes.userCode()));
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);

      var redeemed = authorize();
      approve(redeemed);
      given(poll(redeemed));
      assertThat(declined(flow.deny(ADA, redeemed.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
    }

    @Test
    void no_one_decides_on_a_request_they_have_not_seen() {
      var codes = authorize();

      assertThat(declined(flow.approve(ADA_HERE, codes.userCode(), "", Consent.TO_ALL)))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.deny(ADA, codes.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
    }

    private Consent consent(Optional<Scope> scope, Optional<Duration> lifetime) {
      return new Consent(scope, lifetime, Optional.empty());
    }
  }

  @Nested
  class Rfc8628Section3Point4AccessTokenRequest {
    @Test
    void an_approved_code_issues_the_approved_key() {
      var codes = authorize();
      approve(codes);
      clock.advance(INTERVAL);

      var issued = given(poll(codes));

      var key = issued.key();
      assertThat(key.id()).isEqualTo(issued.accessToken().id());
      assertThat(key.terms().clientId()).isEqualTo("cli");
      assertThat(key.terms().subject()).isEqualTo(ADA);
      assertThat(key.terms().scope()).isEqualTo(new Scope(List.of("read", "write")));
      assertThat(nameOf(key)).isEqualTo("Ada's büro 💻");
      assertThat(key.terms().profile()).isEqualTo(PROFILE);
      assertThat(key.terms().origin()).isEqualTo(Samples.request(NOON).origin());
      assertThat(key.terms().createdAt()).isEqualTo(clock.instant());
      assertThat(key.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
      assertThat(keys.find(key.id())).contains(key);
      assertThat(
              new KeyVerifier(keys, hasher, new Environment(clock, new Random(), _ -> {}))
                  .verify(issued.accessToken()))
          .contains(new KeyVerifier.Active(key, key.expiresAt()));
    }

    @Test
    void a_device_without_a_name_is_named_by_its_user_code() {
      var codes = given(flow.authorize(Samples.nameless(Samples.request(NOON))));
      approve(codes);

      var key = given(poll(codes)).key();

      var named = "Device Link Access Key (" + codes.userCode().display() + ")";
      assertThat(nameOf(key)).isEqualTo(named);
      assertThat(key.toString())
          .doesNotContain(codes.userCode().characters())
          .doesNotContain(codes.userCode().display());
      hasher.rotateTo(2);
      assertThat(nameOf(key)).isEqualTo(named);
      hasher.rotateTo(3);
      assertThat(nameOf(key)).isEqualTo("Device Link Access Key");
    }

    @Test
    void a_grant_of_the_previous_version_is_named_by_its_user_code_too() {
      var codes = given(flow.authorize(Samples.nameless(Samples.request(NOON))));
      approve(codes);
      hasher.rotateTo(2);

      var key = given(poll(codes)).key();

      hasher.rotateTo(3);
      assertThat(nameOf(key)).contains(codes.userCode().display());
    }

    @Test
    void a_masked_code_reveals_nothing_in_another_row() {
      var codes = given(flow.authorize(Samples.nameless(Samples.request(NOON))));
      approve(codes);
      var key = given(poll(codes)).key();
      var terms = key.terms();
      var bobs = Samples.key(BOB, NOON);
      var adas = Samples.key(ADA, NOON);

      assertThat(nameOf(key)).contains(codes.userCode().display());
      assertThat(nameOf(Samples.withName(adas, terms.name())))
          .doesNotContain(codes.userCode().display());
      assertThat(nameOf(Samples.withTerms(key, Samples.withName(bobs, terms.name()).terms())))
          .doesNotContain(codes.userCode().display());
    }

    @Test
    void the_claimants_name_takes_precedence_over_the_devices_own() {
      var codes = given(flow.authorize(Samples.nameless(Samples.request(NOON))));
      given(approve(codes, new Consent(Optional.empty(), Optional.empty(), Optional.of("lab"))));

      assertThat(nameOf(given(poll(codes)).key())).isEqualTo("lab");
    }

    @Test
    void a_narrowed_approval_stays_narrowed() {
      var codes = authorize();
      var less =
          new Consent(
              Optional.of(new Scope(List.of("read"))),
              Optional.of(Duration.ofMinutes(5)),
              Optional.of("kitchen"));
      given(approve(codes, less));

      var key = given(poll(codes)).key();

      assertThat(key.terms().scope()).isEqualTo(new Scope(List.of("read")));
      assertThat(key.expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(5)));
      assertThat(nameOf(key)).isEqualTo("kitchen");
    }

    @Test
    void a_scope_that_the_client_may_no_longer_have_is_left_out() {
      var codes = authorize();
      approve(codes);
      var curtailed =
          new Client(
              CLI.id(),
              CLI.name(),
              CLI.grantTypes(),
              new Scope(List.of("read")),
              Duration.ofHours(1),
              Duration.ofHours(2));

      var key = given(flow.poll(curtailed, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)).key();

      assertThat(key.terms().scope()).isEqualTo(new Scope(List.of("read")));
      assertThat(key.expiresAt()).isEqualTo(NOON.plus(Duration.ofHours(2)));
    }

    @Test
    void a_code_is_redeemed_once() {
      var codes = authorize();
      approve(codes);
      given(poll(codes));

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @RepeatedTest(5)
    void a_code_is_redeemed_once_however_many_polls_race() throws InterruptedException {
      var codes = authorize();
      approve(codes);

      var answers = Race.of(16, () -> poll(codes));

      assertThat(answers).filteredOn(Given.class::isInstance).hasSize(1);
      assertThat(answers)
          .filteredOn(Declined.class::isInstance)
          .allMatch(answer -> declined(answer).equals(OAuthError.INVALID_GRANT))
          .hasSize(15);
    }

    @Test
    void a_wrong_secret_is_refused_and_burns_nothing() {
      var codes = authorize();
      approve(codes);

      assertThat(declined(pollWithOtherSecret(codes))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void another_client_is_refused_and_burns_nothing() {
      var codes = authorize();
      approve(codes);

      assertThat(declined(flow.poll(DEMO, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void an_unknown_code_is_refused() {
      var unknown = new Codes(Samples.deviceCode(), new UserCode("ABCDEFGH"));

      assertThat(declined(poll(unknown))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_disabled_subject_gets_no_key() {
      var codes = authorize();
      approve(codes);
      Samples.disabling(keys).disable(ADA);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.USER_GONE);
      assertThat(row(codes).state()).isInstanceOf(Denied.class);
      Samples.disabling(keys).enable(ADA);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void a_client_that_has_lost_every_approved_scope_gets_no_key_even_if_it_regains_them() {
      for (var left : List.of("offline_access", "admin")) {
        var codes = authorize();
        approve(codes);
        var narrowed = Samples.withScopes(CLI, new Scope(List.of(left)));

        assertThat(declined(flow.poll(narrowed, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
            .isEqualTo(OAuthError.SCOPE_GONE);
        assertThat(row(codes).state()).isInstanceOf(Denied.class);
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
        assertThat(keys.rows().keys()).isEmpty();
        assertThat(audited).extracting(Audit.Event::kind).endsWith(Audit.Kind.MINT_REFUSED);
      }
    }

    @Test
    void a_client_that_has_lost_some_of_the_approved_scopes_gets_a_key_with_the_others() {
      var codes = authorize();
      approve(codes);
      var narrowed = Samples.withScopes(CLI, new Scope(List.of("read")));

      var issued = given(flow.poll(narrowed, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE));

      assertThat(issued.key().terms().scope().tokens()).containsExactly("read");
    }

    @Test
    void a_poll_of_a_client_without_scopes_follows_what_was_decided_before_it() {
      var codes = authorize();
      approve(codes);
      var late = overtaken("denyBarred", () -> given(poll(codes)));
      var narrowed = Samples.withScopes(CLI, new Scope(List.of()));

      assertThat(declined(late.poll(narrowed, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(row(codes).state()).isInstanceOf(Consumed.class);
    }

    @Test
    void an_approval_from_before_an_enabling_never_becomes_a_key_even_without_a_poll_before_it() {
      var before = authorize();
      approve(before);
      Samples.disabling(keys).disable(ADA);
      var meanwhile = authorize();
      approve(meanwhile);
      var open = authorize();
      var nonce = claim(open);
      Samples.disabling(keys).enable(ADA);
      given(flow.approve(ADA_HERE, open.userCode(), nonce, Consent.TO_ALL));

      for (var codes : List.of(before, meanwhile, open)) {
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.USER_GONE);
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
      }
      assertThat(keys.rows().keys()).isEmpty();

      clock.advance(Duration.ofMillis(1));
      var after = authorize();
      approve(after);
      given(poll(after));
    }

    @Test
    void a_key_from_before_the_disabling_works_again_after_the_enabling() {
      var codes = authorize();
      approve(codes);
      given(poll(codes, "a"));
      Samples.disabling(keys).disable(ADA);
      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
      Samples.disabling(keys).enable(ADA);

      given(poll(codes, "a"));
    }

    @Test
    void a_late_copy_of_a_redemption_that_was_refused_for_a_disabled_subject_issues_no_key() {
      var codes = authorize();
      approve(codes);
      var late = flowOver(storeThatRepeatsRedemptionsAfterAnEnabling(), hasher);

      assertThat(declined(late.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(OAuthError.USER_GONE);

      assertThat(keys.rows().keys()).isEmpty();
      assertThat(row(codes).state()).isInstanceOf(Denied.class);
      assertThat(audited).extracting(Audit.Event::kind).endsWith(Audit.Kind.MINT_REFUSED);
    }

    @Test
    void polls_before_and_after_an_enabling_are_refused_alike() {
      var codes = authorize();
      approve(codes);
      Samples.disabling(keys).disable(ADA);
      var barred =
          overtaken(
              "denyBarred",
              () -> {
                Samples.disabling(keys).enable(ADA);
                assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.USER_GONE);
              });

      assertThat(
              declined(
                  barred.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, Optional.of("a"))))
          .isEqualTo(OAuthError.USER_GONE);
    }

    /// The subject is disabled when a redemption arrives, and enabled again when its copy arrives.
    private GrantStore storeThatRepeatsRedemptionsAfterAnEnabling() {
      return (GrantStore)
          Proxy.newProxyInstance(
              GrantStore.class.getClassLoader(),
              new Class<?>[] {GrantStore.class},
              (_, method, arguments) -> {
                if (!method.getName().equals("redeem")) {
                  return method.invoke(grants, arguments);
                }
                Samples.disabling(keys).disable(ADA);
                var refused = method.invoke(grants, arguments);
                Samples.disabling(keys).enable(ADA);
                method.invoke(grants, arguments);
                return refused;
              });
    }

    @Test
    void signing_out_everywhere_withdraws_approvals_of_that_moment_or_earlier() {
      for (var after : List.of(MILLISECOND.negated(), Duration.ZERO, MILLISECOND)) {
        clock.advance(Duration.ofSeconds(1));
        var codes = authorize();
        approve(codes);
        keys.signOut(ADA, clock.instant().plus(after));

        var answer = poll(codes);

        assertThat(answer instanceof Given).as("%s after", after).isEqualTo(after.isNegative());
      }
    }

    @Test
    void signing_out_everywhere_withdraws_an_approval_but_not_a_later_one() {
      var before = authorize();
      approve(before);
      keys.signOut(ADA, clock.instant());
      assertThat(declined(poll(before))).isEqualTo(OAuthError.USER_GONE);

      clock.advance(MILLISECOND);
      var after = authorize();
      approve(after);
      assertThat(poll(after)).isInstanceOf(Given.class);
    }
  }

  /// docs/number-matching.md.
  @Nested
  class NumberMatching {
    private final Approver adaElsewhere =
        new Approver(ADA, PROFILE, Origin.parse("198.51.100.7"), false);
    private final Approver adaWarned =
        new Approver(ADA, PROFILE, Origin.parse("198.51.100.7"), true);
    private final Codes codes =
        given(flow.authorize(Samples.confirming(Samples.request(clock.instant()))));
    private final String nonce = claim(codes);

    private Answer<ApprovedGrant> approve(Approver approver) {
      return flow.approve(approver, codes.userCode(), nonce, Consent.TO_ALL);
    }

    private MatchingNumber approved() {
      return given(approve(adaElsewhere)).number().orElseThrow();
    }

    private Answer<IssuedKey> enter(MatchingNumber number, Optional<String> idempotencyKey) {
      return flow.poll(CLI, codes.deviceCode(), NO_VERIFIER, Optional.of(number), idempotencyKey);
    }

    private Answer<IssuedKey> enter(MatchingNumber number) {
      return enter(number, ONCE);
    }

    /// A number that is this much above the right one. After 99 it continues from 10.
    private MatchingNumber beside(MatchingNumber right, int steps) {
      return new MatchingNumber(10 + (right.number() - 10 + steps) % 90);
    }

    private List<Audit.Kind> auditedKinds() {
      return audited.stream().map(Audit.Event::kind).toList();
    }

    @Test
    void the_number_that_the_page_shows_redeems_the_key() {
      var number = approved();

      assertThat(number.number()).isBetween(10, 99);
      assertThat(given(enter(number)).key().terms().subject()).isEqualTo(ADA);
    }

    @Test
    void without_a_number_no_key_is_issued_and_nothing_is_written_or_counted() {
      approved();
      var before = row(codes);

      for (int i = 0; i < 5; i++) {
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      }
      assertThat(row(codes)).isEqualTo(before);
    }

    @Test
    void is_never_hidden_behind_slow_down() {
      poll(codes);
      var number = approved();

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      given(enter(number));
    }

    @Test
    void three_different_wrong_numbers_deny_the_grant_for_good() {
      var number = approved();

      assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      assertThat(declined(enter(beside(number, 2)))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      assertThat(declined(enter(beside(number, 3)))).isEqualTo(OAuthError.ACCESS_DENIED);

      assertThat(declined(enter(number))).isEqualTo(OAuthError.ACCESS_DENIED);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
      assertThat(declined(approve(adaElsewhere))).isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(declined(flow.claim(ADA, codes.userCode())))
          .isEqualTo(OAuthError.INVALID_USER_CODE);
      assertThat(keys.list(ADA, _ -> true, 9).keys()).isEmpty();
      assertThat(auditedKinds().stream().filter(Audit.Kind.CONFIRMATION_REFUSED::equals))
          .hasSize(3);
    }

    @Test
    void two_wrong_numbers_still_allow_the_right_one() {
      var number = approved();
      enter(beside(number, 1));
      enter(beside(number, 2));

      given(enter(number));
    }

    @Test
    void the_same_wrong_number_counts_once() {
      var number = approved();
      enter(beside(number, 1));
      var updates = grants.updates();
      for (int i = 0; i < 5; i++) {
        assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      }
      assertThat(grants.updates() - updates).as("only the polls").isEqualTo(5);

      given(enter(number));
    }

    @Test
    void a_number_before_the_approval_does_not_count() {
      var wrong = new MatchingNumber(5);
      assertThat(declined(enter(wrong))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
      assertThat(declined(enter(wrong)).code()).isEqualTo(OAuthError.Code.SLOW_DOWN);
      approved();

      assertThat(((Approved) row(codes).state()).wrong()).isEmpty();
    }

    @Test
    void an_unrequested_number_is_ignored() {
      given(approve(ADA_HERE));

      given(enter(new MatchingNumber(5)));
    }

    @Test
    void a_number_with_a_wrong_proof_does_not_count() {
      var number = approved();
      var guessed = new DeviceCode(codes.deviceCode().locator(), Samples.deviceCode().secret());
      for (int step = 0; step < 5; step++) {
        var any = Optional.of(beside(number, step));
        assertThat(declined(flow.poll(CLI, guessed, NO_VERIFIER, any, ONCE)))
            .isEqualTo(OAuthError.INVALID_GRANT);
        assertThat(declined(flow.poll(DEMO, codes.deviceCode(), NO_VERIFIER, any, ONCE)))
            .isEqualTo(OAuthError.INVALID_GRANT);
      }

      given(enter(number));
    }

    @Test
    void a_repeated_approval_returns_the_same_number_from_any_network() {
      var number = approved();

      assertThat(given(approve(adaElsewhere)).number()).contains(number);
      assertThat(given(approve(ADA_HERE)).number()).contains(number);
      given(enter(number));
      assertThat(given(approve(adaElsewhere)).number()).contains(number);
    }

    @Test
    void an_approval_without_a_number_has_none_when_repeated_from_any_network() {
      given(approve(ADA_HERE));

      assertThat(given(approve(adaElsewhere)).number()).isEmpty();
      given(poll(codes));
    }

    @Test
    void each_claim_has_a_number_of_its_own_and_only_that_of_the_approval_fits() {
      var numbers =
          Stream.generate(
                  () -> {
                    var other = given(flow.authorize(Samples.confirming(Samples.request(NOON))));
                    var screen = claim(other);
                    return given(
                            flow.approve(adaElsewhere, other.userCode(), screen, Consent.TO_ALL))
                        .number()
                        .orElseThrow();
                  })
              .limit(30)
              .toList();

      assertThat(numbers.stream().distinct()).hasSizeGreaterThan(10);
    }

    @Test
    void the_policy_at_the_time_of_approval_decides() {
      policy = ConfirmationPolicy.ALWAYS;
      assertThat(given(approve(ADA_HERE)).number()).isPresent();

      policy = ConfirmationPolicy.OFF;
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      var other = given(flow.authorize(Samples.confirming(Samples.request(NOON))));
      assertThat(
              given(flow.approve(adaElsewhere, other.userCode(), claim(other), Consent.TO_ALL))
                  .number())
          .isEmpty();
      given(poll(other));
    }

    @Test
    void expires_with_its_code_and_then_does_not_count() {
      var number = approved();
      clock.set(row(codes).expiresAt());

      assertThat(declined(enter(number))).isEqualTo(OAuthError.EXPIRED_TOKEN);
      assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.EXPIRED_TOKEN);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.EXPIRED_TOKEN);
      assertThat(((Approved) row(codes).state()).wrong()).isEmpty();
    }

    @Test
    void is_valid_until_the_code_expires() {
      var number = approved();
      clock.set(row(codes).expiresAt().minus(MILLISECOND));

      given(enter(number));
    }

    @Test
    void can_be_denied_while_the_device_awaits_the_number() {
      var number = approved();
      enter(beside(number, 1));
      given(flow.deny(ADA, codes.userCode()));

      assertThat(declined(enter(number))).isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void a_sign_out_while_the_device_awaits_the_number_withdraws_the_approval() {
      var number = approved();
      keys.signOut(ADA, clock.instant());

      assertThat(declined(enter(number))).isEqualTo(OAuthError.USER_GONE);
    }

    @Test
    void the_poll_that_got_the_key_may_be_repeated_with_or_without_the_number() {
      var number = approved();
      var first = given(enter(number, Optional.of("a"))).accessToken().reveal();

      assertThat(given(enter(number, Optional.of("a"))).accessToken().reveal()).isEqualTo(first);
      assertThat(given(poll(codes, "a")).accessToken().reveal()).isEqualTo(first);
      assertThat(declined(enter(number, Optional.of("b")))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void goes_on_after_a_rotation() {
      var number = approved();
      hasher.rotateTo(2);

      assertThat(declined(enter(beside(number, 1)))).isEqualTo(OAuthError.CONFIRMATION_REQUIRED);
      given(enter(number));
    }

    @RepeatedTest(5)
    void three_wrong_numbers_never_race_to_a_key() throws InterruptedException {
      var number = approved();
      var next = new AtomicInteger();
      var answers =
          Race.of(
              16,
              () -> {
                var step = next.getAndIncrement();
                return enter(step == 8 ? number : beside(number, step + 1));
              });

      var issued = answers.stream().filter(Given.class::isInstance).count();
      assertThat(issued).isLessThanOrEqualTo(1);
      assertThat(issued == 1).isEqualTo(row(codes).state() instanceof Consumed);
      assertThat(issued == 0).isEqualTo(row(codes).state() instanceof State.Denied);
    }

    @Nested
    class OfADeviceThatCannotAskForOne {
      private final Codes codes = authorize();
      private final String nonce = claim(codes);

      private Answer<ApprovedGrant> approve(Approver approver) {
        return flow.approve(approver, codes.userCode(), nonce, Consent.TO_ALL);
      }

      @Test
      void requires_an_acknowledgement_and_writes_nothing_without_one() {
        var before = row(codes);

        assertThat(declined(approve(adaElsewhere))).isEqualTo(OAuthError.ACKNOWLEDGEMENT_REQUIRED);
        assertThat(row(codes)).isEqualTo(before);
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);

        assertThat(given(approve(adaWarned)).number()).isEmpty();
        given(poll(codes));
      }

      @Test
      void requires_none_in_the_same_network() {
        assertThat(given(approve(ADA_HERE)).number()).isEmpty();
        given(poll(codes));
      }

      @Test
      void stays_approved_when_approved_again_without_one() {
        given(approve(ADA_HERE));
        assertThat(given(approve(adaElsewhere)).number()).isEmpty();

        given(poll(codes));
        assertThat(given(approve(adaElsewhere)).number()).isEmpty();
      }

      @Test
      void does_not_reveal_the_requirement_to_others_or_after_expiry() {
        var bob = new Approver(BOB, PROFILE, adaElsewhere.origin(), false);
        assertThat(declined(approve(bob))).isEqualTo(OAuthError.INVALID_USER_CODE);
        var newer = claim(codes);
        assertThat(declined(approve(adaElsewhere))).isEqualTo(OAuthError.INVALID_USER_CODE);

        clock.advance(Authorize.CODE_LIFETIME);
        assertThat(declined(flow.approve(adaElsewhere, codes.userCode(), newer, Consent.TO_ALL)))
            .isEqualTo(OAuthError.INVALID_USER_CODE);
      }

      @Test
      void is_requested_after_a_rotation_if_the_grant_is_still_valid() {
        hasher.rotateTo(2);
        var screen = claim(codes);

        assertThat(declined(flow.approve(adaElsewhere, codes.userCode(), screen, Consent.TO_ALL)))
            .isEqualTo(OAuthError.ACKNOWLEDGEMENT_REQUIRED);
      }
    }

    @Test
    void a_code_of_another_person_can_be_reported() {
      audited.clear();
      given(flow.report(ADA, codes.userCode()));

      assertThat(auditedKinds()).containsExactly(Audit.Kind.REPORTED);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
    }
  }

  @Nested
  class Rfc8628Section3Point5Pace {
    @Test
    void a_timely_poll_gets_authorization_pending() {
      var codes = authorize();

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
      clock.advance(INTERVAL);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    @Test
    void an_early_poll_gets_the_longer_interval() {
      var codes = authorize();
      poll(codes);

      assertThat(declined(poll(codes))).isEqualTo(slowDown(10));
    }

    @Test
    void a_poll_may_come_one_second_early_but_no_more() {
      var codes = authorize();
      poll(codes);
      clock.advance(Duration.ofSeconds(4).minus(MILLISECOND));
      assertThat(declined(poll(codes)).code()).isEqualTo(OAuthError.Code.SLOW_DOWN);

      clock.advance(MILLISECOND);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    @Test
    void the_interval_grows_once_for_each_window() {
      var codes = authorize();
      poll(codes);

      assertThat(declined(poll(codes))).isEqualTo(slowDown(10));
      assertThat(declined(poll(codes))).isEqualTo(slowDown(10));
      assertThat(declined(poll(codes))).isEqualTo(slowDown(10));
    }

    @Test
    void an_early_poll_costs_a_second_update_but_once_in_each_window() {
      var codes = authorize();
      poll(codes);
      var before = grants.updates();

      poll(codes);
      assertThat(grants.updates()).isEqualTo(before + 2);
      poll(codes);
      assertThat(grants.updates()).isEqualTo(before + 3);
    }

    @Test
    void an_early_poll_does_not_move_the_window() {
      var codes = authorize();
      poll(codes);
      clock.advance(Duration.ofSeconds(3));
      poll(codes);

      clock.advance(Duration.ofSeconds(2));
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
    }

    @Test
    void the_longer_interval_counts_from_the_next_poll_and_stops_growing_at_a_minute() {
      var codes = authorize();
      poll(codes);

      for (var interval : List.of(10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 60)) {
        assertThat(declined(poll(codes))).isEqualTo(slowDown(interval));
        clock.set(row(codes).pace().nextPollAt());
        assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
        assertThat(row(codes).pace().nextPollAt()).isEqualTo(clock.instant().plusSeconds(interval));
      }
    }

    @RepeatedTest(5)
    void of_many_concurrent_polls_one_is_timely_and_the_rest_cost_one_step()
        throws InterruptedException {
      var codes = authorize();

      var answers = Race.of(16, () -> declined(poll(codes)));

      assertThat(answers).containsOnlyOnce(OAuthError.AUTHORIZATION_PENDING);
      assertThat(Collections.frequency(answers, slowDown(10))).isEqualTo(15);
    }

    @Test
    void two_early_polls_of_one_window_get_the_same_interval() {
      var codes = authorize();
      poll(codes);
      var late = overtaken("slowDown", () -> poll(codes));

      assertThat(declined(late.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(slowDown(10));
    }

    private OAuthError slowDown(int seconds) {
      return OAuthError.slowDown(Duration.ofSeconds(seconds));
    }
  }

  @Nested
  class Rfc8628Section3Point5OrderOfVerdicts {
    @Test
    void an_approval_is_never_hidden_behind_slow_down() {
      var codes = authorize();
      poll(codes);
      approve(codes);

      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void a_decision_while_the_interval_grows_is_not_hidden_either() {
      var approved = authorize();
      poll(approved);
      var late = overtaken("slowDown", () -> approve(approved));
      given(late.poll(CLI, approved.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE));

      var denied = authorize();
      poll(denied);
      late = overtaken("slowDown", () -> deny(denied));
      assertThat(declined(late.poll(CLI, denied.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void a_denial_is_never_hidden_behind_slow_down() {
      var codes = authorize();
      poll(codes);
      deny(codes);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void a_denial_comes_before_expiry() {
      var codes = authorize();
      deny(codes);
      clock.advance(Authorize.CODE_LIFETIME);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.ACCESS_DENIED);
    }

    @Test
    void a_consumed_code_is_an_invalid_grant_even_after_its_expiry() {
      var codes = authorize();
      approve(codes);
      given(poll(codes));
      clock.advance(Authorize.CODE_LIFETIME);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_code_has_expired_at_the_moment_of_its_expiry() {
      var codes = authorize();
      clock.advance(Authorize.CODE_LIFETIME.minus(MILLISECOND));
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);

      clock.advance(MILLISECOND);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.EXPIRED_TOKEN);
    }

    @Test
    void expiry_comes_before_slow_down() {
      var codes = authorize();
      clock.advance(Authorize.CODE_LIFETIME.minus(MILLISECOND));
      poll(codes);
      clock.advance(MILLISECOND);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.EXPIRED_TOKEN);
    }

    @Test
    void an_approval_that_was_not_redeemed_in_time_has_expired() {
      var codes = authorize();
      approve(codes);
      clock.advance(Authorize.CODE_LIFETIME);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.EXPIRED_TOKEN);
    }

    @Test
    void an_approval_can_be_redeemed_up_to_its_last_moment() {
      var codes = authorize();
      approve(codes);
      clock.advance(Authorize.CODE_LIFETIME.minus(MILLISECOND));

      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void a_wrong_secret_reveals_nothing_about_the_state() {
      var denied = authorize();
      deny(denied);
      var early = authorize();
      poll(early);
      var expired = authorize();

      assertThat(declined(pollWithOtherSecret(denied))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(pollWithOtherSecret(early))).isEqualTo(OAuthError.INVALID_GRANT);
      clock.advance(Authorize.CODE_LIFETIME);
      assertThat(declined(pollWithOtherSecret(expired))).isEqualTo(OAuthError.INVALID_GRANT);
    }
  }

  @Nested
  class Rfc7636ProofKey {
    @Test
    void the_verifiers_holder_redeems_the_code() {
      var codes = authorizeChallenged();
      approve(codes);

      assertThat(pollVerified(codes, CodeChallenge.answeredBy(Samples.VERIFIER)))
          .isInstanceOf(Given.class);
    }

    @Test
    void a_missing_or_wrong_verifier_is_refused_and_burns_nothing() {
      var codes = authorizeChallenged();
      var wrong = CodeChallenge.answeredBy("x".repeat(43));
      assertThat(declined(pollVerified(codes, wrong))).isEqualTo(OAuthError.INVALID_GRANT);
      approve(codes);

      assertThat(declined(pollVerified(codes, NO_VERIFIER))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(pollVerified(codes, wrong))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(pollVerified(codes, Optional.of(Samples.CHALLENGE))).isInstanceOf(Given.class);
    }
  }

  @Nested
  class Rfc9700BestCurrentPractice {
    @Test
    void a_verifier_without_a_challenge_is_refused_because_it_could_hide_a_downgrade() {
      var codes = authorize();
      approve(codes);

      assertThat(declined(pollVerified(codes, Optional.of(Samples.CHALLENGE))))
          .isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }
  }

  @Nested
  class Redelivery {
    private final Codes codes = authorize();

    @BeforeEach
    void approve() {
      DeviceFlowTest.this.approve(codes);
    }

    @Test
    void the_same_poll_gets_the_same_response_for_a_minute() {
      var first = given(poll(codes, "a"));

      clock.advance(Mint.REDELIVERY.minus(MILLISECOND));
      var again = given(poll(codes, "a"));

      assertThat(again.accessToken().reveal()).isEqualTo(first.accessToken().reveal());
      assertThat(again.key()).isEqualTo(first.key());
    }

    @Test
    void after_a_minute_it_gets_no_key() {
      given(poll(codes, "a"));
      clock.advance(Mint.REDELIVERY);

      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
      clock.advance(MILLISECOND);
      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void another_poll_gets_no_key() {
      given(poll(codes, "a"));

      assertThat(declined(poll(codes, "b"))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(pollWithOtherSecret(codes))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(
              declined(
                  flow.poll(DEMO, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, Optional.of("a"))))
          .isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_poll_without_an_idempotency_key_gets_strict_single_use() {
      given(poll(codes));

      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_used_key_is_not_repeated() {
      var issued = given(poll(codes, "a"));
      assertThat(
              new KeyVerifier(keys, hasher, new Environment(clock, new Random(), _ -> {}))
                  .verify(issued.accessToken()))
          .isPresent();

      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_revoked_key_is_not_repeated() {
      var issued = given(poll(codes, "a"));
      keys.revoke(issued.key().id(), new KeyStore.Revoker.Server(), clock.instant());

      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_key_whose_subject_is_disabled_or_has_since_signed_out_is_not_repeated() {
      given(poll(codes, "a"));
      Samples.disabling(keys).disable(ADA);
      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
      Samples.disabling(keys).enable(ADA);
      given(poll(codes, "a"));

      keys.signOut(ADA, clock.instant());
      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void a_key_with_a_forged_row_is_not_repeated() {
      var issued = given(poll(codes, "a"));
      keys.forge(issued.key().id(), key -> Samples.key(BOB, NOON));

      assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void the_idempotency_key_is_stored_as_a_hash() {
      given(poll(codes, "a-name-that-must-not-be-kept"));

      assertThat(row(codes).state()).isInstanceOf(Consumed.class);
      assertThat(row(codes).toString()).doesNotContain("a-name-that-must-not-be-kept");
    }

    @RepeatedTest(5)
    void retries_that_race_their_own_poll_all_get_the_same_key() throws InterruptedException {
      var tokens = Race.of(16, () -> given(poll(codes, "a")).accessToken().reveal());

      assertThat(tokens).hasSize(16).containsOnly(tokens.getFirst());
    }
  }

  /// Tests of decisions that others make after a poll has found the grant approved.
  @Nested
  class InTheMomentBeforeTheKey {
    private final Codes codes =
        given(flow.authorize(Samples.confirming(Samples.request(clock.instant()))));

    private Answer<IssuedKey> pollAfter(Runnable other, String idempotencyKey) {
      return overtaken("redeem", other)
          .poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, Optional.of(idempotencyKey));
    }

    @Test
    void a_denial_is_reported() {
      approve(codes);

      assertThat(declined(pollAfter(() -> given(flow.deny(ADA, codes.userCode())), "a")))
          .isEqualTo(OAuthError.ACCESS_DENIED);
      assertThat(keys.list(ADA, _ -> true, 9).keys()).isEmpty();
    }

    @Test
    void the_same_poll_gets_the_same_key() {
      approve(codes);
      List<IssuedKey> first = new ArrayList<>();

      var again = given(pollAfter(() -> first.add(given(poll(codes, "a"))), "a"));

      assertThat(again.accessToken().reveal()).isEqualTo(first.getFirst().accessToken().reveal());
      assertThat(again.key()).isEqualTo(first.getFirst().key());
    }

    @Test
    void another_poll_comes_too_late() {
      approve(codes);

      assertThat(declined(pollAfter(() -> given(poll(codes, "a")), "b")))
          .isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(keys.list(ADA, _ -> true, 9).keys()).hasSize(1);
    }

    @Test
    void a_wrong_number_no_longer_counts() {
      policy = ConfirmationPolicy.ALWAYS;
      approve(codes);
      var wrong = Optional.of(new MatchingNumber(5));
      var late = overtaken("countWrong", () -> given(flow.deny(ADA, codes.userCode())));

      assertThat(declined(late.poll(CLI, codes.deviceCode(), NO_VERIFIER, wrong, ONCE)))
          .isEqualTo(OAuthError.ACCESS_DENIED);
      assertThat(row(codes).state())
          .isInstanceOfSatisfying(Denied.class, denied -> assertThat(denied.wrong()).isEmpty());
    }
  }

  @Nested
  class HashVersions {
    @Test
    void a_claimed_grant_continues_after_a_rotation() {
      var codes = authorize();
      claim(codes);
      hasher.rotateTo(2);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
      assertThat(declined(poll(codes)).code()).isEqualTo(OAuthError.Code.SLOW_DOWN);
    }

    @Test
    void an_unknown_code_is_also_looked_up_under_the_previous_version() {
      flow.claim(ADA, new UserCode("ABCDEFGH"));
      assertThat(grants.updates()).isEqualTo(1);

      hasher.rotateTo(2);
      flow.claim(ADA, new UserCode("ABCDEFGH"));
      assertThat(grants.updates()).isEqualTo(1 + 2);
    }

    @Test
    void a_grant_continues_after_a_rotation() {
      var codes = authorize();
      hasher.rotateTo(2);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
      assertThat(declined(poll(codes)).code()).isEqualTo(OAuthError.Code.SLOW_DOWN);
      approve(codes);
      var issued = given(poll(codes));

      assertThat(
              new KeyVerifier(keys, hasher, new Environment(clock, new Random(), _ -> {}))
                  .verify(issued.accessToken()))
          .isPresent();
      assertThat(issued.key().generation().access().version()).isEqualTo(2);
    }

    @Test
    void an_approval_can_be_redeemed_after_a_rotation() {
      var codes = authorize();
      approve(codes);
      hasher.rotateTo(2);

      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void a_screen_must_be_shown_again_after_a_rotation() {
      var codes = authorize();
      claim(codes);
      hasher.rotateTo(2);

      given(flow.deny(ADA, codes.userCode()));
    }

    @Test
    void a_function_on_the_old_version_polls_a_grant_of_the_new_version() {
      hasher.rotateTo(2);
      var codes = authorize();
      approve(codes);
      hasher.rotateTo(1);

      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void the_same_key_is_repeated_after_a_rotation() {
      var codes = authorize();
      approve(codes);
      var first = given(poll(codes, "a"));
      hasher.rotateTo(2);

      assertThat(given(poll(codes, "a")).accessToken().reveal())
          .isEqualTo(first.accessToken().reveal());
    }

    @Test
    void after_two_rotations_a_code_is_worthless() {
      var codes = authorize();
      approve(codes);
      hasher.rotateTo(3);

      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
    }
  }

  @Nested
  class ForgedRows {
    private final Codes codes = authorize();

    private void assertRedeemsNothing() {
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(row(codes).state()).isInstanceOf(Approved.class);
    }

    private void forge(State state) {
      DeviceFlowTest.this.forge(codes, state);
    }

    @Test
    void a_redeemed_code_that_is_edited_back_to_approved_issues_no_second_key() {
      approve(codes);
      var approved = row(codes).state();
      var key = given(poll(codes)).key();
      forge(approved);

      assertRedeemsNothing();
      assertThat(keys.list(ADA, _ -> true, 9).keys()).containsExactly(key);
    }

    @Test
    void an_approval_withdrawn_right_before_the_key_issues_none() {
      approve(codes);
      var approved = row(codes).state();
      var claim = approved.claimed().orElseThrow();
      for (var state : List.of(new Pending(), new Claimed(claim))) {
        forge(approved);
        var late = overtaken("redeem", () -> forge(state));

        assertThat(declined(late.poll(CLI, codes.deviceCode(), NO_VERIFIER, NO_NUMBER, ONCE)))
            .isEqualTo(OAuthError.INVALID_GRANT);
        assertThat(row(codes).state()).isEqualTo(state);
      }
      assertThat(keys.list(ADA, _ -> true, 9).keys()).isEmpty();
    }

    @Test
    void an_edit_cannot_extend_an_approval_beyond_its_code() {
      approve(codes);
      var longer = row(codes).expiresAt().plus(Duration.ofDays(1));
      grants.forge(
          codes.deviceCode().locator(),
          row ->
              new Grant(
                  row.locator(),
                  row.request(),
                  row.deviceSecret(),
                  row.seal(),
                  longer,
                  row.pace(),
                  row.state()));
      clock.advance(Authorize.CODE_LIFETIME);

      assertRedeemsNothing();
    }

    private void forge(DeviceRequest request, Digest deviceSecret) {
      grants.forge(
          codes.deviceCode().locator(),
          row ->
              new Grant(
                  row.locator(),
                  request,
                  deviceSecret,
                  row.seal(),
                  row.expiresAt(),
                  row.pace(),
                  row.state()));
    }

    private List<DeviceRequest> edits() {
      var asked = row(codes).request();
      return List.of(
          edited(asked.scope().without("write"), asked.deviceName(), asked.lifetime(), asked.at()),
          edited(
              new Scope(List.of("read", "write", "admin")),
              asked.deviceName(),
              asked.lifetime(),
              asked.at()),
          edited(asked.scope(), Optional.of("trusted"), asked.lifetime(), asked.at()),
          edited(asked.scope(), Optional.empty(), asked.lifetime(), asked.at()),
          edited(asked.scope(), asked.deviceName(), Duration.ofDays(300), asked.at()),
          edited(asked.scope(), asked.deviceName(), asked.lifetime(), asked.at().plusMillis(1)),
          from(Origin.parse("192.0.2.8")),
          Samples.encrypted(asked, Samples.DELIVERY),
          Samples.confirming(asked),
          by("demo", Optional.empty()),
          by("cli", Optional.of(Samples.CHALLENGE)));
    }

    private DeviceRequest edited(
        Scope scope, Optional<String> name, Duration lifetime, Instant at) {
      var asked = row(codes).request();
      return new DeviceRequest(
          asked.clientId(),
          scope,
          name,
          lifetime,
          asked.challenge(),
          asked.delivery(),
          asked.confirmationSupported(),
          asked.origin(),
          at);
    }

    private DeviceRequest from(Origin origin) {
      var asked = row(codes).request();
      return new DeviceRequest(
          asked.clientId(),
          asked.scope(),
          asked.deviceName(),
          asked.lifetime(),
          asked.challenge(),
          asked.delivery(),
          asked.confirmationSupported(),
          origin,
          asked.at());
    }

    private DeviceRequest by(String clientId, Optional<CodeChallenge> challenge) {
      var asked = row(codes).request();
      return new DeviceRequest(
          clientId,
          asked.scope(),
          asked.deviceName(),
          asked.lifetime(),
          challenge,
          asked.delivery(),
          asked.confirmationSupported(),
          asked.origin(),
          asked.at());
    }

    @Test
    void an_edited_request_is_not_shown() {
      for (var edit : edits()) {
        forge(edit, row(codes).deviceSecret());

        assertThat(declined(flow.claim(ADA, codes.userCode())))
            .as("%s", edit)
            .isEqualTo(OAuthError.INVALID_USER_CODE);
      }
    }

    @Test
    void an_edited_request_is_not_redeemed() {
      approve(codes);
      for (var edit : edits()) {
        forge(edit, row(codes).deviceSecret());

        var client = edit.clientId().equals("demo") ? DEMO : CLI;
        assertThat(
                declined(flow.poll(client, codes.deviceCode(), edit.challenge(), NO_NUMBER, ONCE)))
            .as("%s", edit)
            .isEqualTo(OAuthError.INVALID_GRANT);
      }
    }

    @Test
    void an_invented_approval_is_not_redeemed() {
      var claim = new Claim(ADA, Samples.digest());
      forge(
          new Approved(
              claim, new Approval(Consent.TO_ALL, PROFILE, NOON, false, Samples.digest())));

      assertRedeemsNothing();
    }

    @Test
    void the_approval_of_another_grant_is_not_redeemed() {
      var other = authorize();
      approve(other);
      forge(row(other).state());

      assertRedeemsNothing();
    }

    @Test
    void an_edited_approval_is_not_redeemed() {
      given(
          approve(
              codes,
              new Consent(
                  Optional.of(new Scope(List.of("read"))),
                  Optional.of(Duration.ofHours(1)),
                  Optional.of("kitchen"))));
      var genuine = (Approved) row(codes).state();
      var approval = genuine.approval();
      var consent = approval.consent();
      var claim = genuine.claim();
      var eve = Optional.of("Eve");
      var profiles =
          Stream.of(
              new Profile(eve, PROFILE.email(), PROFILE.organisation()),
              new Profile(PROFILE.name(), eve, PROFILE.organisation()),
              new Profile(PROFILE.name(), PROFILE.email(), eve),
              Profile.NONE);
      List<Approved> forgeries =
          List.of(
              new Approved(new Claim(BOB, claim.nonce()), approval),
              new Approved(new Claim(ADA, Samples.digest()), approval),
              new Approved(
                  claim,
                  new Approval(Consent.TO_ALL, PROFILE, approval.since(), false, approval.seal())),
              new Approved(
                  claim, new Approval(consent, PROFILE, approval.since(), true, approval.seal())),
              new Approved(
                  claim,
                  new Approval(
                      new Consent(consent.scope(), Optional.empty(), consent.name()),
                      PROFILE,
                      approval.since(),
                      false,
                      approval.seal())),
              new Approved(
                  claim,
                  new Approval(
                      new Consent(consent.scope(), consent.lifetime(), Optional.of("office")),
                      PROFILE,
                      approval.since(),
                      false,
                      approval.seal())),
              new Approved(
                  claim,
                  new Approval(
                      consent, PROFILE, approval.since().plusMillis(1), false, approval.seal())));

      for (var forgery : forgeries) {
        forge(forgery);
        assertRedeemsNothing();
      }
      profiles.forEach(profile -> {
        forge(
            new Approved(
                claim, new Approval(consent, profile, approval.since(), false, approval.seal())));
        assertRedeemsNothing();
      });
      forge(genuine);
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void an_approval_whose_number_was_edited_out_is_not_redeemed() {
      policy = ConfirmationPolicy.ALWAYS;
      var asked = given(flow.authorize(Samples.confirming(Samples.request(clock.instant()))));
      given(flow.approve(ADA_HERE, asked.userCode(), claim(asked), Consent.TO_ALL));
      var genuine = (Approved) row(asked).state();
      var approval = genuine.approval();
      grants.forge(
          asked.deviceCode().locator(),
          row ->
              new Grant(
                  row.locator(),
                  row.request(),
                  row.deviceSecret(),
                  row.seal(),
                  row.expiresAt(),
                  row.pace(),
                  new Approved(
                      genuine.claim(),
                      new Approval(
                          approval.consent(),
                          approval.profile(),
                          approval.since(),
                          false,
                          approval.seal()))));

      assertThat(declined(poll(asked))).isEqualTo(OAuthError.INVALID_GRANT);
    }

    @Test
    void the_hash_of_another_devices_secret_does_not_let_that_device_redeem() {
      approve(codes);
      var thief = authorize();
      forge(row(codes).request(), row(thief).deviceSecret());

      var stolen = new DeviceCode(codes.deviceCode().locator(), thief.deviceCode().secret());

      assertThat(declined(flow.poll(CLI, stolen, NO_VERIFIER, NO_NUMBER, ONCE)))
          .isEqualTo(OAuthError.INVALID_GRANT);
    }
  }

  /// The delivery of the key is part of the device's request.
  @Nested
  class EncryptedDelivery {
    private final Codes codes =
        given(flow.authorize(Samples.encrypted(Samples.request(NOON), Samples.DELIVERY)));

    @Test
    void is_absent_unless_the_device_requested_it() {
      var plain = authorize();
      approve(plain);

      assertThat(given(poll(plain)).jwe()).isEmpty();
    }

    @Test
    void contains_exactly_the_minted_key() {
      approve(codes);

      var issued = given(poll(codes));

      assertThat(issued.jwe()).contains(TestEncrypter.text(Samples.DELIVERY, issued));
      assertThat(issued.key()).isEqualTo(keys.find(issued.key().id()).orElseThrow());
      assertThat(issued.key().terms().delivery()).contains(Samples.DELIVERY);
    }

    @Test
    void is_repeated_to_a_repeated_poll() {
      approve(codes);
      var issued = given(poll(codes, "a"));

      assertThat(given(poll(codes, "a")).jwe()).isPresent().isEqualTo(issued.jwe());
    }

    @Test
    void spends_no_code_if_it_fails() {
      approve(codes);
      encrypter.fail();

      assertThatExceptionOfType(TestEncrypter.Broken.class).isThrownBy(() -> poll(codes));
      assertThat(row(codes).state()).isInstanceOf(Approved.class);

      encrypter.recover();
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @Test
    void is_not_made_to_a_key_that_was_put_into_the_grants_row() {
      approve(codes);
      var genuine = row(codes);
      for (var delivery : otherDeliveries()) {
        var asked = Samples.request(NOON);
        var edited = delivery.map(other -> Samples.encrypted(asked, other)).orElse(asked);
        grants.forge(genuine.locator(), _ -> withRequest(genuine, edited));

        assertThat(declined(poll(codes))).isEqualTo(OAuthError.INVALID_GRANT);
      }
      grants.forge(genuine.locator(), _ -> genuine);
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    private static Grant withRequest(Grant row, DeviceRequest request) {
      return new Grant(
          row.locator(),
          request,
          row.deviceSecret(),
          row.seal(),
          row.expiresAt(),
          row.pace(),
          row.state());
    }

    @Test
    void is_not_repeated_to_a_key_that_was_put_into_the_issued_keys_row() {
      approve(codes);
      var issued = given(poll(codes, "a"));
      for (var delivery : otherDeliveries()) {
        keys.forge(
            issued.key().id(),
            key -> Samples.withTerms(key, Samples.withDelivery(issued.key().terms(), delivery)));

        assertThat(declined(poll(codes, "a"))).isEqualTo(OAuthError.INVALID_GRANT);
      }
    }
  }

  private static List<Optional<Delivery>> otherDeliveries() {
    var jwk = Samples.DELIVERY.jwk();
    var nonce = Samples.DELIVERY.nonce();
    return List.of(
        Optional.empty(),
        Optional.of(new Delivery("{}", nonce)),
        Optional.of(new Delivery(jwk, Optional.of("another"))),
        Optional.of(new Delivery(jwk, Optional.empty())));
  }

  @Nested
  class Outages {
    @Test
    void nothing_is_decided_while_no_subkey_is_available() {
      var codes = authorize();
      var nonce = claim(codes);
      hasher.fail();

      assertUnavailable(() -> poll(codes));
      assertUnavailable(() -> flow.claim(ADA, codes.userCode()));
      assertUnavailable(() -> flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      assertUnavailable(() -> flow.deny(ADA, codes.userCode()));
      assertUnavailable(() -> flow.authorize(Samples.request(NOON)));

      hasher.recover();
      assertThat(declined(poll(codes))).isEqualTo(OAuthError.AUTHORIZATION_PENDING);
      given(flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      assertThat(poll(codes)).isInstanceOf(Given.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"DEVICE_CODE", "SEAL", "MINT", "KEY"})
    void a_code_is_not_spent_when_this_subkey_is_missing(Purpose purpose) {
      var codes = authorize();
      approve(codes);
      hasher.failFor(purpose);

      assertUnavailable(() -> poll(codes, "a"));
      assertThat(row(codes).state()).isInstanceOf(Approved.class);

      hasher.recover();
      assertThat(poll(codes, "a")).isInstanceOf(Given.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"NAME", "USER_CODE"})
    void a_nameless_devices_code_is_not_spent_when_this_subkey_is_missing(Purpose purpose) {
      var codes = given(flow.authorize(Samples.nameless(Samples.request(NOON))));
      approve(codes);
      hasher.failFor(purpose);

      assertUnavailable(() -> poll(codes));
      assertThat(row(codes).state()).isInstanceOf(Approved.class);

      hasher.recover();
      assertThat(nameOf(given(poll(codes)).key())).contains(codes.userCode().display());
    }

    @ParameterizedTest
    @EnumSource(names = {"SEAL", "APPROVAL", "USER_CODE"})
    void an_approval_is_complete_or_absent_when_this_subkey_is_missing(Purpose purpose) {
      var codes = authorize();
      var nonce = claim(codes);
      hasher.failFor(purpose);

      assertUnavailable(() -> flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      assertThat(row(codes).state()).isInstanceOf(Claimed.class);
    }

    @Test
    void no_number_is_required_while_its_subkey_is_unavailable() {
      policy = ConfirmationPolicy.ALWAYS;
      var codes = given(flow.authorize(Samples.confirming(Samples.request(clock.instant()))));
      var nonce = claim(codes);
      hasher.failFor(Purpose.CONFIRMATION);
      assertUnavailable(() -> flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      assertThat(row(codes).state()).isInstanceOf(Claimed.class);

      hasher.recover();
      var approved = flow.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL);
      var number = given(approved).number();
      hasher.failFor(Purpose.CONFIRMATION);
      assertUnavailable(() -> flow.poll(CLI, codes.deviceCode(), NO_VERIFIER, number, ONCE));
      hasher.recover();
      given(flow.poll(CLI, codes.deviceCode(), NO_VERIFIER, number, ONCE));
    }

    private void assertUnavailable(Callable<?> step) {
      assertThatExceptionOfType(TestHasher.Unavailable.class).isThrownBy(step::call);
    }
  }

  @Test
  void times_are_in_milliseconds_as_in_the_store() {
    clock.set(NOON.plusNanos(456_789));
    var codes = given(flow.authorize(Samples.request(NOON)));
    approve(codes);

    var key = given(poll(codes)).key();

    assertThat(key.terms().createdAt())
        .isEqualTo(key.terms().createdAt().truncatedTo(ChronoUnit.MILLIS));
    assertThat(((Consumed) row(codes).state()).approval().since()).isEqualTo(NOON);
  }
}
