package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests of the requests to DynamoDB that each step of the design's table costs in a warm
/// environment. No step calls KMS.
class StepTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static int tests;

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Wire wire = new Wire();

  /// A clock that stands still, at a time from which the hour lasts longer than any test.
  private final TestClock clock =
      new TestClock(
          Shared.CLOCK.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(1)));

  /// Each test has its own address. A shared one would reach the limit on codes.
  private final DirectApi api = Shared.limited(wire, clock).from("198.51.100." + ++tests);

  @BeforeEach
  void warmUpAllFunctions() {
    api.whoami(key());
    var unwanted = api.codes().userCode();
    api.deny("sue", unwanted, nonce(unwanted));
    wire.follow((_, attempt) -> {
      requests.add(attempt.operation());
      return Fate.ARRIVES;
    });
  }

  private String key() {
    var codes = api.codes();
    api.grant("sue", codes.userCode());
    return api.poll(codes.deviceCode()).text("access_token");
  }

  private String nonce(String userCode) {
    return api.claim("sue", userCode).text("approval_nonce");
  }

  /// Most requests are pending polls, and nothing reads the item that an update would return.
  @Test
  void a_pending_poll_requests_no_returned_item() {
    var code = api.codes().deviceCode();
    var bodies = new ConcurrentLinkedQueue<String>();
    wire.follow((_, attempt) -> {
      bodies.add(attempt.body());
      return Fate.ARRIVES;
    });

    assertThat(api.poll(code).verdict()).isEqualTo("400 authorization_pending");

    assertThat(bodies)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("UpdateExpression")
        .doesNotContain("\"ReturnValues\":");
  }

  /// The requests of a step that responds with this verdict.
  private List<String> requestsOf(String verdict, Supplier<Reply> step) {
    requests.clear();
    assertThat(step.get().verdict()).isEqualTo(verdict);
    return List.copyOf(requests);
  }

  @Test
  void authorize_is_one_count_and_one_put() {
    assertThat(requestsOf("200", api::authorize)).containsExactly("UpdateItem", "PutItem");
  }

  @Test
  void a_poll_of_a_pending_grant_is_one_update() {
    var code = api.codes().deviceCode();

    assertThat(requestsOf("400 authorization_pending", () -> api.poll(code)))
        .containsExactly("UpdateItem");
    clock.advance(INTERVAL);
    assertThat(requestsOf("400 authorization_pending", () -> api.poll(code)))
        .containsExactly("UpdateItem");
  }

  @Test
  void an_early_poll_is_a_second_update_but_only_once_in_a_window() {
    var code = api.codes().deviceCode();
    api.poll(code);

    assertThat(requestsOf("400 slow_down", () -> api.poll(code)))
        .containsExactly("UpdateItem", "UpdateItem");
    assertThat(requestsOf("400 slow_down", () -> api.poll(code))).containsExactly("UpdateItem");
    clock.advance(INTERVAL);
    api.poll(code);
    assertThat(requestsOf("400 slow_down", () -> api.poll(code)))
        .containsExactly("UpdateItem", "UpdateItem");
    assertThat(requestsOf("400 slow_down", () -> api.poll(code))).containsExactly("UpdateItem");
  }

  @Test
  void claim_is_one_update_behind_the_limit_and_approve_is_one_update() {
    var codes = api.codes();

    assertThat(requestsOf("200", () -> api.claim("sue", codes.userCode())))
        .as("read the network's count, reserve an attempt, claim, release the attempt")
        .containsExactly("GetItem", "UpdateItem", "UpdateItem", "UpdateItem");
    var nonce = nonce(codes.userCode());
    assertThat(requestsOf("200", () -> api.approve("sue", codes.userCode(), nonce)))
        .containsExactly("UpdateItem");
  }

  @Test
  void a_wrong_code_costs_a_refused_update_and_two_counts() {
    assertThat(requestsOf("404 invalid_user_code", () -> api.claim("sue", "AAAA-AAAA")))
        .containsExactly("GetItem", "UpdateItem", "UpdateItem", "UpdateItem");
  }

  @Test
  void deny_is_one_update() {
    var codes = api.codes();
    var nonce = nonce(codes.userCode());

    assertThat(requestsOf("200", () -> api.deny("sue", codes.userCode(), nonce)))
        .containsExactly("UpdateItem");
  }

  @Test
  void the_poll_that_gets_the_key_is_a_refused_update_and_a_transaction() {
    var codes = api.codes();
    api.grant("sue", codes.userCode());

    assertThat(requestsOf("200", () -> api.poll(codes.deviceCode())))
        .containsExactly("UpdateItem", "TransactWriteItems");
  }

  @Test
  void the_first_poll_after_a_sign_out_ends_the_grant_and_later_polls_are_one_update() {
    var codes = api.codes();
    api.grant("sam", codes.userCode());
    api.signOut("sam");

    assertThat(requestsOf("400 access_denied", () -> api.poll(codes.deviceCode())))
        .containsExactly("UpdateItem", "TransactWriteItems", "UpdateItem");
    assertThat(requestsOf("400 access_denied", () -> api.poll(codes.deviceCode())))
        .containsExactly("UpdateItem");
  }

  @Test
  void a_number_costs_approve_nothing_and_a_wrong_one_the_device_one_update() {
    var careful = Map.of("client_id", "careful");
    key();
    var warm = api.codes(Api.CAREFUL);
    var warmed = api.approve("sue", warm.userCode(), nonce(warm.userCode())).text("confirmation");
    api.enter(warm.deviceCode(), warmed, careful);
    var codes = api.codes(Api.CAREFUL);
    var nonce = nonce(codes.userCode());

    assertThat(requestsOf("200", () -> api.approve("sue", codes.userCode(), nonce)))
        .containsExactly("UpdateItem");
    var number = api.approve("sue", codes.userCode(), nonce).text("confirmation");
    var wrong = Api.beside(number, 1);
    var row = Tables.grant(codes.deviceCode());
    assertThat(
            requestsOf(
                "400 confirmation_required", () -> api.poll(codes.deviceCode(), careful, Map.of())))
        .containsExactly("UpdateItem");
    assertThat(Tables.grant(codes.deviceCode())).as("refused").isEqualTo(row);
    assertThat(
            requestsOf(
                "400 confirmation_required", () -> api.enter(codes.deviceCode(), wrong, careful)))
        .containsExactly("UpdateItem", "UpdateItem");
    row = Tables.grant(codes.deviceCode());
    assertThat(
            requestsOf(
                "400 confirmation_required", () -> api.enter(codes.deviceCode(), wrong, careful)))
        .containsExactly("UpdateItem");
    assertThat(Tables.grant(codes.deviceCode())).as("refused").isEqualTo(row);
    assertThat(requestsOf("200", () -> api.enter(codes.deviceCode(), number, careful)))
        .containsExactly("UpdateItem", "TransactWriteItems");
  }

  @Test
  void an_approval_that_lacks_an_acknowledgement_is_one_read() {
    var codes = api.codes();
    var nonce = nonce(codes.userCode());
    var elsewhere = api.from("2001:db8:e::1");

    assertThat(
            requestsOf(
                "400 acknowledgement_required",
                () -> elsewhere.approve("sue", codes.userCode(), nonce)))
        .containsExactly("GetItem");
    assertThat(
            requestsOf(
                "200",
                () ->
                    elsewhere.approve(
                        "sue", codes.userCode(), nonce, Map.of("acknowledged", true))))
        .containsExactly("UpdateItem");
  }

  @Test
  void a_poll_of_a_grant_that_is_over_is_one_refused_update() {
    var codes = api.codes();
    api.grant("sue", codes.userCode());
    api.poll(codes.deviceCode());
    var denied = api.codes();
    api.deny("sue", denied.userCode(), nonce(denied.userCode()));

    assertThat(requestsOf("400 invalid_grant", () -> api.poll(codes.deviceCode())))
        .containsExactly("UpdateItem");
    assertThat(requestsOf("400 access_denied", () -> api.poll(denied.deviceCode())))
        .containsExactly("UpdateItem");
    var expired = api.codes();
    clock.advance(Authorize.CODE_LIFETIME);
    assertThat(requestsOf("400 expired_token", () -> api.poll(expired.deviceCode())))
        .containsExactly("UpdateItem");
  }

  @Test
  void a_login_through_the_browser_is_one_put_and_a_read_and_a_transaction() {
    // Warms up the browser flow. The device flow already is warm.
    api.redeem(api.authorizationCode("sue", Api.browserLogin()));
    api.denyLogin("sue", loginNonce(), Map.of());

    assertThat(requestsOf("200", () -> api.claimLogin("sue", Api.browserLogin()))).isEmpty();
    assertThat(requestsOf("200", () -> api.denyLogin("sue", loginNonce(), Map.of()))).isEmpty();
    var nonce = loginNonce();
    assertThat(requestsOf("200", () -> api.approveLogin("sue", nonce, Map.of())))
        .containsExactly("PutItem");
    var code = api.approveLogin("sue", nonce, Map.of()).redirected("code");
    assertThat(
            requestsOf(
                "400 invalid_grant",
                () -> api.redeem(code, Map.of("redirect_uri", "http://[::1]/"), Map.of())))
        .containsExactly("GetItem");
    assertThat(requestsOf("200", () -> api.redeem(code)))
        .containsExactly("GetItem", "TransactWriteItems");
    assertThat(requestsOf("400 invalid_grant", () -> api.redeem(code))).containsExactly("GetItem");
  }

  private String loginNonce() {
    return api.claimLogin("sue", Api.browserLogin()).text("approval_nonce");
  }

  @Test
  void a_verification_is_one_read_once_the_keys_subject_is_known_and_one_update_an_hour() {
    var key = key();

    assertThat(requestsOf("200", () -> api.whoami(key)))
        .containsExactly("BatchGetItem", "BatchGetItem", "UpdateItem");
    assertThat(requestsOf("200", () -> api.whoami(key))).containsExactly("BatchGetItem");
    clock.advance(Duration.ofHours(1));
    assertThat(requestsOf("200", () -> api.whoami(key)))
        // After an hour the subkeys are renewed as well.
        .filteredOn(request -> !request.equals("GenerateMac"))
        .containsExactly("BatchGetItem", "UpdateItem");
    assertThat(requestsOf("200", () -> api.whoami(key))).containsExactly("BatchGetItem");
  }
}
