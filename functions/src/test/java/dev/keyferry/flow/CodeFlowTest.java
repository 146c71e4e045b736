package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CHALLENGE;
import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.PROFILE;
import static dev.keyferry.flow.Samples.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationScreens.Authorized;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Tests of the authorization code grant as a client and a user see it, by section of the RFCs.
/// [DeviceFlowTest] tests what it shares with the device flow.
final class CodeFlowTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Subject ADA = new Subject("ada");
  private static final Approver ADA_HERE = Samples.approver(ADA);
  private static final Origin HERE = Origin.parse("192.0.2.7");
  private static final String REDIRECT_URI = "http://127.0.0.1:49152/callback";
  private static final Optional<String> ONCE = Optional.empty();

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final List<Audit.Event> audited = Collections.synchronizedList(new ArrayList<>());
  private final Environment environment = new Environment(clock, new Random(6749), audited::add);
  private final AuthorizationScreens screens =
      new AuthorizationScreens(grants, hasher, environment);
  private final RedeemCode redeemCode =
      new RedeemCode(
          grants,
          hasher,
          new Mint(
              grants,
              keys,
              hasher,
              new Issuance(TokenPrefix.DEFAULT, new TestEncrypter()),
              environment),
          environment);

  private static AuthorizationRequest request() {
    return new AuthorizationRequest(
        CLI.id(),
        REDIRECT_URI,
        Optional.of("state of mine"),
        Samples.SCOPE,
        Optional.of("Ada's büro 💻"),
        Duration.ofHours(24),
        CHALLENGE);
  }

  private static <T> T given(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Given.class);
    return ((Given<T>) answer).value();
  }

  private static OAuthError declined(Answer<?> answer) {
    assertThat(answer).isInstanceOf(Declined.class);
    return ((Declined<?>) answer).error();
  }

  private String open() {
    return screens.open(ADA, HERE, request()).approvalNonce();
  }

  private Answer<Authorized> approve(String nonce) {
    return screens.approve(ADA_HERE, nonce, Consent.TO_ALL);
  }

  private AuthorizationCode code() {
    return given(approve(open())).code();
  }

  private Answer<IssuedKey> redeem(AuthorizationCode code) {
    return redeem(code, ONCE);
  }

  private Answer<IssuedKey> redeem(AuthorizationCode code, Optional<String> idempotencyKey) {
    return redeemCode.redeem(CLI, code, REDIRECT_URI, CHALLENGE, caller(idempotencyKey));
  }

  private Grant row(AuthorizationCode code) {
    return grants.find(code.locator()).orElseThrow();
  }

  private List<String> told() {
    return audited.stream().map(event -> event.kind().toString()).toList();
  }

  @Nested
  class Rfc6749Section4Point1Point1AuthorizationRequest {
    @Test
    void a_screen_shows_the_request_and_its_network_and_nothing_is_stored() {
      var screen = screens.open(ADA, HERE, request());

      var asked = screen.request();
      assertThat(asked.clientId()).isEqualTo("cli");
      assertThat(asked.scope()).isEqualTo(Samples.SCOPE);
      assertThat(asked.deviceName()).contains("Ada's büro 💻");
      assertThat(asked.origin()).isEqualTo(HERE);
      assertThat(asked.at()).isEqualTo(NOON);
      assertThat(grants.updates()).isZero();
      assertThat(audited)
          .singleElement()
          .satisfies(event ->
              assertThat(event.facts()).containsOnlyKeys("client_id", "grant_id", "subject"));
    }

    @Test
    void every_screen_has_a_nonce_of_its_own() {
      assertThat(open()).isNotEqualTo(open());
    }

    @Test
    void a_screen_keeps_every_valid_request() {
      for (var asked :
          List.of(
              request(),
              new AuthorizationRequest(
                  "a.b-c",
                  "http://[::1]/",
                  Optional.empty(),
                  new Scope(List.of()),
                  Optional.empty(),
                  Duration.ofSeconds(60),
                  CHALLENGE),
              new AuthorizationRequest(
                  "cli",
                  REDIRECT_URI,
                  Optional.of("= . ~ &\""),
                  new Scope(List.of("=")),
                  Optional.of("="),
                  Duration.ofDays(365),
                  CHALLENGE))) {
        var nonce = screens.open(ADA, HERE, asked).approvalNonce();

        assertThat(given(screens.deny(ADA, nonce))).isEqualTo(asked);
      }
    }
  }

  @Nested
  class Rfc6749Section4Point1Point2AuthorizationResponse {
    @Test
    void an_approval_creates_a_grant_and_returns_its_code() {
      var nonce = open();
      clock.advance(Duration.ofMinutes(1));

      var authorized = given(approve(nonce));

      assertThat(authorized.request()).isEqualTo(request());
      var row = row(authorized.code());
      assertThat(row.state()).isInstanceOf(Approved.class);
      assertThat(row.expiresAt()).isEqualTo(clock.instant().plusSeconds(60));
      var approval = ((Approved) row.state()).approval();
      assertThat(approval.since()).as("the time at which the screen was opened").isEqualTo(NOON);
      assertThat(approval.profile()).isEqualTo(PROFILE);
      assertThat(approval.numberRequired()).isFalse();
      assertThat(told()).containsExactly("claimed", "approved");
      assertThat(audited.getLast().facts()).isEqualTo(audited.getFirst().facts());
    }

    @Test
    void approving_twice_returns_the_same_code_and_approving_something_else_returns_none() {
      var nonce = open();
      var code = given(approve(nonce)).code();

      assertThat(given(approve(nonce)).code()).isEqualTo(code);
      var less = new Consent(Optional.empty(), Optional.of(Duration.ofHours(1)), Optional.empty());
      assertThat(declined(screens.approve(ADA_HERE, nonce, less)))
          .isEqualTo(OAuthError.SCREEN_OVER);
      given(redeem(code));
      assertThat(given(approve(nonce)).code()).isEqualTo(code);
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
    }

    @Test
    void sixteen_concurrent_approvals_return_one_code_and_redemptions_issue_one_key()
        throws Exception {
      var nonce = open();

      var codes = Race.of(16, () -> given(approve(nonce)).code());
      assertThat(codes).hasSize(16).containsOnly(codes.getFirst());
      var answers = Race.of(16, () -> redeem(codes.getFirst()));

      assertThat(answers).filteredOn(Given.class::isInstance).hasSize(1);
      assertThat(answers)
          .filteredOn(Declined.class::isInstance)
          .allSatisfy(answer -> assertThat(declined(answer)).isEqualTo(OAuthError.INVALID_CODE));
    }

    @Test
    void more_than_was_requested_cannot_be_approved() {
      var nonce = open();

      assertThat(
              declined(
                  screens.approve(
                      ADA_HERE,
                      nonce,
                      new Consent(
                          Optional.of(new Scope(List.of("read", "admin"))),
                          Optional.empty(),
                          Optional.empty()))))
          .isEqualTo(
              OAuthError.invalidScope("an approval cannot grant more than the client requested"));
      assertThat(
              declined(
                  screens.approve(
                      ADA_HERE,
                      nonce,
                      new Consent(
                          Optional.empty(), Optional.of(Duration.ofDays(2)), Optional.empty()))))
          .isEqualTo(
              OAuthError.invalidRequest("an approval cannot grant more than the client requested"));
      given(approve(nonce));
    }

    @Test
    void a_screen_is_valid_for_ten_minutes_and_only_for_its_user() {
      var nonce = open();

      assertThat(
              declined(
                  screens.approve(Samples.approver(new Subject("bob")), nonce, Consent.TO_ALL)))
          .isEqualTo(OAuthError.SCREEN_OVER);
      assertThat(declined(screens.deny(new Subject("bob"), nonce)))
          .isEqualTo(OAuthError.SCREEN_OVER);
      clock.advance(AuthorizationScreen.LIFETIME.minus(MILLISECOND));
      given(approve(nonce));
      var late = open();
      clock.advance(AuthorizationScreen.LIFETIME);
      assertThat(declined(approve(late))).isEqualTo(OAuthError.SCREEN_OVER);
      assertThat(declined(screens.deny(ADA, late))).isEqualTo(OAuthError.SCREEN_OVER);
    }

    @Test
    void an_expired_code_is_not_repeated_and_its_screen_issues_no_other() {
      var nonce = open();
      var code = given(approve(nonce)).code();
      clock.advance(AuthorizationScreens.CODE_LIFETIME);

      assertThat(declined(approve(nonce))).isEqualTo(OAuthError.SCREEN_OVER);
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
    }

    @Test
    void a_screen_expires_long_before_its_grant_is_purged() {
      assertThat(AuthorizationScreen.LIFETIME).isLessThan(Grant.RETENTION);
    }

    @Test
    void a_denial_is_recorded_and_so_is_a_report() {
      assertThat(given(screens.deny(ADA, open()))).isEqualTo(request());
      assertThat(given(screens.report(ADA, open()))).isEqualTo(request());

      assertThat(told()).containsExactly("claimed", "denied", "claimed", "reported");
      assertThat(audited.get(1).facts()).isEqualTo(audited.get(0).facts());
    }

    @Test
    void nothing_is_decided_while_subkeys_are_unavailable() {
      var nonce = open();
      hasher.failFor(Purpose.AUTHORIZATION_CODE);
      assertThatExceptionOfType(TestHasher.Unavailable.class).isThrownBy(() -> approve(nonce));
      hasher.recover();

      given(approve(nonce));
    }
  }

  @Nested
  class Rfc6749Section4Point1Point3AccessTokenRequest {
    @Test
    void a_code_issues_the_approved_key() {
      var key = given(redeem(code())).key();

      assertThat(key.terms().subject()).isEqualTo(ADA);
      assertThat(key.terms().scope()).isEqualTo(Samples.SCOPE);
      assertThat(key.terms().profile()).isEqualTo(PROFILE);
      assertThat(key.terms().name()).isEqualTo(new DeviceName.Given("Ada's büro 💻"));
      assertThat(key.terms().approvedAt()).isEqualTo(NOON);
      assertThat(told()).containsExactly("claimed", "approved", "minted");
    }

    @Test
    void a_code_is_read_back_as_it_was_written_and_from_nothing_else() {
      var code = code();

      assertThat(AuthorizationCode.parse(code.reveal())).contains(code);
      assertThat(AuthorizationCode.parse(code.reveal() + "A")).isEmpty();
    }

    @Test
    void a_narrowed_approval_stays_narrow() {
      var less =
          new Consent(
              Optional.of(new Scope(List.of("read"))),
              Optional.of(Duration.ofHours(1)),
              Optional.of("Küche"));
      var code = given(screens.approve(ADA_HERE, open(), less)).code();

      var key = given(redeem(code)).key();

      assertThat(key.terms().scope()).isEqualTo(new Scope(List.of("read")));
      assertThat(key.terms().lifetime()).isEqualTo(Duration.ofHours(1));
      assertThat(key.terms().name()).isEqualTo(new DeviceName.Given("Küche"));
    }

    @Test
    void a_code_can_be_redeemed_until_it_expires() {
      var code = code();
      clock.advance(AuthorizationScreens.CODE_LIFETIME.minus(MILLISECOND));

      given(redeem(code));
    }

    @Test
    void a_mismatch_is_refused_and_burns_nothing() {
      var code = code();
      var other = code();
      var before = row(code);
      var wrong =
          Map.<String, Answer<IssuedKey>>of(
              "secret", redeem(new AuthorizationCode(code.locator(), other.secret())),
              "place", redeem(new AuthorizationCode(other.locator(), code.secret())),
              "unknown", redeem(new AuthorizationCode(Locator.of(new byte[16]), code.secret())),
              "client",
                  redeemCode.redeem(Samples.DEMO, code, REDIRECT_URI, CHALLENGE, caller(ONCE)),
              "redirect URI",
                  redeemCode.redeem(
                      CLI, code, "http://127.0.0.1:49153/callback", CHALLENGE, caller(ONCE)),
              "verifier",
                  redeemCode.redeem(
                      CLI, code, REDIRECT_URI, new CodeChallenge("x".repeat(43)), caller(ONCE)));

      assertThat(wrong)
          .allSatisfy(
              (_, answer) -> assertThat(declined(answer)).isEqualTo(OAuthError.INVALID_CODE));
      assertThat(row(code)).isEqualTo(before);
      given(redeem(code));
    }

    @Test
    void a_code_and_a_device_code_are_never_confused() {
      var devices =
          new DeviceFlow(
              grants,
              keys,
              hasher,
              new Issuance(TokenPrefix.DEFAULT, new TestEncrypter()),
              _ -> ConfirmationPolicy.OFF,
              new Environment(clock, new Random(8628), audited::add));
      var codes = given(devices.authorize(Samples.challenged(Samples.request(NOON))));
      var nonce = given(devices.claim(ADA, codes.userCode())).approvalNonce();
      given(devices.approve(ADA_HERE, codes.userCode(), nonce, Consent.TO_ALL));
      var code = code();
      var asDevices = new DeviceCode(code.locator(), code.secret());
      var asCode = new AuthorizationCode(codes.deviceCode().locator(), codes.deviceCode().secret());

      assertThat(
              declined(
                  devices.poll(CLI, asDevices, Optional.of(CHALLENGE), Optional.empty(), ONCE)))
          .isEqualTo(OAuthError.INVALID_GRANT);
      assertThat(declined(redeem(asCode))).isEqualTo(OAuthError.INVALID_CODE);
      assertThat(row(code).state()).isInstanceOf(Approved.class);
      given(redeem(code));
      given(devices.poll(CLI, codes.deviceCode(), Optional.of(CHALLENGE), Optional.empty(), ONCE));
    }

    @Test
    void a_subject_that_has_since_signed_out_or_been_disabled_gets_no_key_from_this_code() {
      var code = code();
      keys.signOut(ADA, clock.instant());
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
      assertThat(row(code).state()).isInstanceOf(Denied.class);

      clock.advance(MILLISECOND);
      var second = code();
      Samples.disabling(keys).disable(ADA);
      assertThat(declined(redeem(second))).isEqualTo(OAuthError.INVALID_CODE);
      Samples.disabling(keys).enable(ADA);
      assertThat(declined(redeem(second))).isEqualTo(OAuthError.INVALID_CODE);
      assertThat(told()).contains("mint_refused").doesNotContain("minted");
    }

    @Test
    void
        an_approval_from_before_an_enabling_never_becomes_a_key_even_without_a_request_before_it() {
      var before = code();
      Samples.disabling(keys).disable(ADA);
      var meanwhile = code();
      Samples.disabling(keys).enable(ADA);

      for (var code : List.of(before, meanwhile)) {
        assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
        assertThat(row(code).state()).isInstanceOf(Denied.class);
      }
      clock.advance(MILLISECOND);
      given(redeem(code()));
    }

    @Test
    void a_client_that_has_lost_every_approved_scope_gets_no_key_from_this_code() {
      var code = code();
      var narrowed = Samples.withScopes(CLI, new Scope(List.of("offline_access")));

      assertThat(declined(redeemCode.redeem(narrowed, code, REDIRECT_URI, CHALLENGE, caller(ONCE))))
          .isEqualTo(OAuthError.INVALID_CODE);

      assertThat(row(code).state()).isInstanceOf(Denied.class);
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
      assertThat(told()).contains("mint_refused").doesNotContain("minted");
    }

    @Test
    void an_edited_row_redeems_nothing() {
      var bob = new Subject("bob");
      var later = NOON.plus(Duration.ofDays(1));
      List<UnaryOperator<Grant>> edits =
          List.of(
              grant -> with(grant, grant.expiresAt(), approvedBy(grant, bob)),
              grant -> with(grant, later, grant.state()),
              grant -> with(grant, grant.expiresAt(), new Pending()),
              grant -> with(grant, grant.expiresAt(), new Claimed(claimOf(grant))));
      for (var edit : edits) {
        var code = code();
        grants.forge(code.locator(), edit);

        assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
      }
      assertThat(told()).doesNotContain("minted");
    }

    private static Approved approvedBy(Grant grant, Subject subject) {
      var approved = (Approved) grant.state();
      return new Approved(new Claim(subject, approved.claim().nonce()), approved.approval());
    }

    private static Claim claimOf(Grant grant) {
      return grant.state().claimed().orElseThrow();
    }

    private static Grant with(Grant grant, Instant expiresAt, State state) {
      return new Grant(
          grant.locator(),
          grant.request(),
          grant.deviceSecret(),
          grant.seal(),
          expiresAt,
          grant.pace(),
          state);
    }
  }

  @Nested
  class Redelivery {
    private final Optional<String> same = Optional.of("the same request");

    @Test
    void the_same_request_gets_the_same_response_for_a_minute() {
      var code = code();
      var first = given(redeem(code, same));
      clock.advance(Mint.REDELIVERY.minus(MILLISECOND));

      assertThat(given(redeem(code, same)).accessToken().reveal())
          .isEqualTo(first.accessToken().reveal());
      assertThat(declined(redeem(code, Optional.of("another")))).isEqualTo(OAuthError.INVALID_CODE);
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
      clock.advance(MILLISECOND);
      assertThat(declined(redeem(code, same))).isEqualTo(OAuthError.INVALID_CODE);
    }

    @Test
    void a_repetition_without_the_verifier_or_by_another_client_gets_nothing() {
      var code = code();
      given(redeem(code, same));
      var verifier = new CodeChallenge("x".repeat(43));

      assertThat(declined(redeemCode.redeem(CLI, code, REDIRECT_URI, verifier, caller(same))))
          .isEqualTo(OAuthError.INVALID_CODE);
      assertThat(
              declined(
                  redeemCode.redeem(Samples.DEMO, code, REDIRECT_URI, CHALLENGE, caller(same))))
          .isEqualTo(OAuthError.INVALID_CODE);
      given(redeem(code, same));
    }

    @Test
    void a_replay_revokes_nothing() {
      var code = code();
      var issued = given(redeem(code));
      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);

      assertThat(told()).endsWith("minted", "replay_refused");
      assertThat(keys.findWithStanding(issued.key().id()).orElseThrow().key().revokedAt())
          .isEmpty();
    }

    @Test
    void the_idempotency_key_is_stored_as_a_hash_of_this_purpose() {
      var code = code();
      given(redeem(code, same));

      var redemption = ((Consumed) row(code).state()).redemption();
      assertThat(redemption.idempotencyKey().orElseThrow().toString()).doesNotContain("same");
      hasher.failFor(Purpose.DEVICE_CODE);
      given(redeem(code, same));
    }
  }

  @Nested
  class HashVersions {
    @Test
    void a_code_can_be_redeemed_after_a_rotation_and_a_screen_has_expired() {
      var code = code();
      var nonce = open();
      hasher.rotateTo(2);

      given(redeem(code));
      assertThat(declined(approve(nonce))).isEqualTo(OAuthError.SCREEN_OVER);
    }

    @Test
    void after_two_rotations_a_code_is_worthless() {
      var code = code();
      hasher.rotateTo(3);

      assertThat(declined(redeem(code))).isEqualTo(OAuthError.INVALID_CODE);
    }
  }
}
