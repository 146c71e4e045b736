package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.caller;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Consent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Tests that the audit log records decisions, and nothing that is not a decision.
final class RecordedDecisionsTest {
  private static final Scope OFFLINE = new Scope(List.of("read", Scope.OFFLINE_ACCESS));
  private static final Optional<String> POLL = Optional.of("a-poll");
  private static final Origin ELSEWHERE = Origin.parse("198.51.100.9");

  private final TestClock clock = new TestClock(NOON);
  private final TestHasher hasher = new TestHasher();
  private final TestEncrypter encrypter = new TestEncrypter();
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final List<Event> events = new ArrayList<>();
  private final Subject ada = new Subject("ada");
  private final DeviceFlow flow =
      new DeviceFlow(
          grants,
          keys,
          hasher,
          new Issuance(TokenPrefix.DEFAULT, encrypter),
          _ -> ConfirmationPolicy.MISMATCH,
          new Environment(clock, new Random(8628), events::add));
  private final Refresh refreshes =
      new Refresh(keys, hasher, encrypter, new Environment(clock, new Random(6749), events::add));
  private final KeyVerifier verifier =
      new KeyVerifier(keys, hasher, new Environment(clock, new Random(), events::add));
  private final LinkedDevices devices =
      new LinkedDevices(keys, new Environment(clock, new Random(), events::add));

  private static <T> T given(Answer<T> answer) {
    return ((Given<T>) answer).value();
  }

  private Authorize.Codes authorized() {
    var asked = Samples.request(clock.instant());
    return given(
        flow.authorize(
            new DeviceRequest(
                asked.clientId(),
                OFFLINE,
                asked.deviceName(),
                asked.lifetime(),
                asked.challenge(),
                asked.delivery(),
                asked.confirmationSupported(),
                asked.origin(),
                asked.at())));
  }

  private Authorize.Codes approved() {
    var codes = authorized();
    var nonce = given(flow.claim(ada, codes.userCode())).approvalNonce();
    given(flow.approve(Samples.approver(ada), codes.userCode(), nonce, Consent.TO_ALL));
    return codes;
  }

  private Answer<IssuedKey> poll(Authorize.Codes codes, Optional<String> name) {
    return flow.poll(CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), name);
  }

  private List<Kind> kinds() {
    return events.stream().map(Event::kind).toList();
  }

  @Test
  void a_login_and_its_repetition() {
    var codes = approved();
    var first = given(poll(codes, POLL));
    assertThat(given(poll(codes, POLL)).accessToken().reveal())
        .isEqualTo(first.accessToken().reveal());
    given(flow.poll(CLI, codes.deviceCode(), new Caller(ELSEWHERE, POLL)));
    poll(codes, Optional.of("another"));

    assertThat(kinds())
        .containsExactly(
            Kind.AUTHORIZED,
            Kind.CLAIMED,
            Kind.APPROVED,
            Kind.MINTED,
            Kind.REDELIVERED,
            Kind.REDELIVERED_ELSEWHERE,
            Kind.REPLAY_REFUSED);
    assertThat(events.subList(1, 4))
        .allSatisfy(event -> assertThat(event.facts()).containsEntry("subject", "ada"));
  }

  @Test
  void a_code_that_does_not_exist_and_one_that_is_denied() {
    flow.claim(ada, "no code at all");
    var codes = authorized();
    given(flow.claim(ada, codes.userCode()));
    given(flow.deny(ada, codes.userCode()));
    flow.claim(ada, codes.userCode());

    assertThat(kinds())
        .containsExactly(
            Kind.CLAIM_REFUSED, Kind.AUTHORIZED, Kind.CLAIMED, Kind.DENIED, Kind.CLAIM_REFUSED);
  }

  @Test
  void a_refresh_its_repetition_its_replay_and_its_reuse() {
    var first = given(poll(approved(), POLL)).refreshToken().orElseThrow();
    events.clear();
    given(refreshes.refresh(CLI, first, caller(POLL)));
    given(refreshes.refresh(CLI, first, caller(POLL)));
    given(refreshes.refresh(CLI, first, new Caller(ELSEWHERE, POLL)));
    given(refreshes.refresh(CLI, first, new Caller(ELSEWHERE, Optional.empty())));
    var branch = given(refreshes.refresh(CLI, first, new Caller(ELSEWHERE, Optional.of("next"))));
    verifier.verify(branch.accessToken());
    refreshes.refresh(CLI, first, new Caller(ELSEWHERE, Optional.of("another")));
    given(refreshes.refresh(CLI, branch.refreshToken().orElseThrow(), caller(POLL)));
    refreshes.refresh(CLI, first, caller(POLL));

    assertThat(kinds())
        .containsExactly(
            Kind.REFRESHED,
            Kind.REDELIVERED,
            Kind.REDELIVERED_ELSEWHERE,
            Kind.BRANCHED,
            Kind.REDELIVERED,
            Kind.REPLAY_REFUSED,
            Kind.REFRESHED,
            Kind.REUSE_DETECTED);
  }

  @Test
  void a_device_is_unlinked_once_and_only_by_its_owner() {
    var key = given(poll(approved(), POLL)).key();
    events.clear();

    assertThat(devices.unlink(new Subject("eve"), key.id())).isFalse();
    assertThat(kinds()).isEmpty();
    assertThat(devices.unlink(ada, key.id())).isTrue();
    assertThat(kinds()).containsExactly(Kind.REVOKED);
    clock.advance(Duration.ofSeconds(1));
    assertThat(devices.unlink(ada, key.id())).isTrue();
    assertThat(kinds()).containsExactly(Kind.REVOKED);
    assertThat(events.getFirst().facts()).containsEntry("by", "owner");
  }

  @Test
  void a_sign_out_and_the_refusal_of_a_key_because_of_it() {
    var codes = approved();
    events.clear();
    devices.signOut(ada);
    poll(codes, POLL);

    assertThat(kinds()).containsExactly(Kind.SIGNED_OUT, Kind.MINT_REFUSED);
  }
}
