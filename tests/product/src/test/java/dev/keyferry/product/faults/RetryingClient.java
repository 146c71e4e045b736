package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.ShiftedClock;
import dev.keyferry.product.Tables;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// A client, a page and an API that respond to an outage as the protocol allows: they repeat the
/// request. Each response must be either the right one or 503. Any other fails the test.
final class RetryingClient {
  private static final int TRIES = 50;

  /// An authorization code expires after a minute, so a redemption is repeated sooner.
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final Api api;
  private final ShiftedClock clock;
  private final String user;
  private String careful = "";

  /// @param user who is used by nothing else
  RetryingClient(Api api, ShiftedClock clock, String user) {
    this.api = api;
    this.clock = clock;
    this.user = user;
  }

  /// The tokens that the client has at the end.
  record Tokens(String access, String refresh) {
    private static Tokens of(Reply reply) {
      return new Tokens(reply.text("access_token"), reply.text("refresh_token"));
    }
  }

  /// A whole login of a client with `offline_access`.
  Tokens login() {
    var codes = until(Set.of("200"), Set.of(), () -> api.authorize(Api.OFFLINE));
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    until(
        Set.of("400 authorization_pending"),
        // A poll counts even if its response was lost, so a poll that is repeated at once is early.
        Set.of("400 slow_down"),
        () -> api.poll(deviceCode));
    var nonce =
        until(Set.of("200"), Set.of(), () -> api.claim(user, userCode)).text("approval_nonce");
    until(Set.of("200"), Set.of(), () -> api.approve(user, userCode, nonce));
    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var token = until(Set.of("200"), Set.of(), () -> api.poll(deviceCode, Map.of(), samePoll));
    assertThat(api.poll(deviceCode).verdict())
        .isIn("400 invalid_grant", "503 temporarily_unavailable");
    return Tokens.of(token);
  }

  /// A whole login through the browser in which the person presses approve twice.
  void browserLogin() {
    var screen = until(Set.of("200"), Set.of(), () -> api.claimLogin(user, Api.browserLogin()));
    var nonce = screen.text("approval_nonce");
    var approved =
        until(Set.of("200"), Set.of(), () -> api.approveLogin(user, nonce, Map.of()), AT_ONCE);
    var again =
        until(Set.of("200"), Set.of(), () -> api.approveLogin(user, nonce, Map.of()), AT_ONCE);
    assertThat(again.body()).isEqualTo(approved.body());
    var code = approved.redirected("code");
    var sameRequest = Map.of("idempotency-key", UUID.randomUUID().toString());
    var token =
        until(Set.of("200"), Set.of(), () -> api.redeem(code, Map.of(), sameRequest), AT_ONCE);
    until(Set.of("400 invalid_grant"), Set.of(), () -> api.redeem(code), AT_ONCE);
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).hasSize(1);
    assertThat(token.text("refresh_token")).startsWith("kfr_");
  }

  /// A login with number matching in which the first number is wrong.
  void confirmation() {
    var number = approvedWithNumber();
    var wrong = Api.beside(number, 1);
    until(Set.of("400 confirmation_required"), Set.of(), () -> enter(wrong));
    until(Set.of("400 confirmation_required"), Set.of(), () -> enter(wrong));
    assertThat(wrongNumbers()).as("regardless of the number of attempts").containsExactly(wrong);
    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var more = Map.of("client_id", "careful", "confirmation", number);
    var token = until(Set.of("200"), Set.of(), () -> api.poll(careful, more, samePoll));
    var access = token.text("access_token");
    assertThat(until(Set.of("200"), Set.of("500"), () -> api.whoami(access)).text("sub"))
        .isEqualTo(user);
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).hasSize(1);
  }

  /// Wrong numbers until the grant is denied.
  void guesses() {
    var number = approvedWithNumber();
    for (int step = 1; step <= 3; step++) {
      var wrong = Api.beside(number, step);
      var verdict = step < 3 ? "400 confirmation_required" : "400 access_denied";
      until(Set.of(verdict), Set.of(), () -> enter(wrong));
      assertThat(wrongNumbers()).hasSize(step);
    }
    until(Set.of("400 access_denied"), Set.of(), () -> enter(number));
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).isEmpty();
  }

  /// The number that the page shows, after as many attempts as it takes.
  private String approvedWithNumber() {
    var codes = until(Set.of("200"), Set.of(), () -> api.authorize(Api.CAREFUL));
    careful = codes.text("device_code");
    var userCode = codes.text("user_code");
    var nonce =
        until(Set.of("200"), Set.of(), () -> api.claim(user, userCode)).text("approval_nonce");
    var first = until(Set.of("200"), Set.of(), () -> api.approve(user, userCode, nonce));
    var again = until(Set.of("200"), Set.of(), () -> api.approve(user, userCode, nonce));
    assertThat(again.body()).isEqualTo(first.body());
    until(
        Set.of("400 confirmation_required"),
        Set.of(),
        () -> api.poll(careful, Map.of("client_id", "careful"), Map.of()));
    return first.text("confirmation");
  }

  private Reply enter(String number) {
    return api.enter(careful, number, Map.of("client_id", "careful"));
  }

  private List<String> wrongNumbers() {
    var none = AttributeValue.fromNs(List.of());
    return Tables.grant(careful).getOrDefault("wrong_confirmations", none).ns();
  }

  /// A login while nothing fails.
  Tokens link() {
    return Tokens.of(api.link(user));
  }

  /// The client revokes its key. After a success response, the key no longer works.
  void release(Tokens tokens) {
    until(Set.of("200"), Set.of(), () -> api.revoke(tokens.refresh()));
    assertDead(tokens);
  }

  /// The owner unlinks the device.
  void unlink(Tokens tokens) {
    var id = tokens.access().substring(3, 19);
    until(Set.of("204"), Set.of(), () -> api.revokeKey(user, id));
    assertDead(tokens);
  }

  /// The owner signs out everywhere.
  void signOut(Tokens tokens) {
    until(Set.of("204"), Set.of(), () -> api.signOut(user));
    assertDead(tokens);
  }

  /// Someone presents a token that was used long ago, which revokes the device.
  void reuse(Tokens used, Tokens present) {
    until(Set.of("400 invalid_grant"), Set.of(), () -> api.refresh(used.refresh()));
    assertDead(present);
  }

  private void assertDead(Tokens tokens) {
    until(Set.of("403"), Set.of("500"), () -> api.whoami(tokens.access()), Duration.ZERO);
    until(
        Set.of("400 invalid_grant"), Set.of(), () -> api.refresh(tokens.refresh()), Duration.ZERO);
  }

  /// Exchanges the refresh token for the next one.
  Tokens refresh(Tokens present) {
    var same = Map.of("idempotency-key", UUID.randomUUID().toString());
    return Tokens.of(until(Set.of("200"), Set.of(), () -> api.refresh(present.refresh(), same)));
  }

  /// A grant that the device polls too early, and that the user then denies.
  void refusal() {
    var codes = until(Set.of("200"), Set.of(), api::authorize);
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    until(Set.of("400 authorization_pending"), Set.of("400 slow_down"), () -> api.poll(deviceCode));
    // A client should not poll at once. If a poll's write was lost, the next poll is still due.
    var early =
        until(
            Set.of("400 slow_down"),
            Set.of("400 authorization_pending"),
            () -> api.poll(deviceCode),
            Duration.ZERO);
    assertThat(early.text("interval"))
        .as("one step longer, regardless of the number of attempts")
        .isEqualTo("10");
    assertThat(Tables.grant(deviceCode))
        .containsEntry("poll_interval", AttributeValue.fromN("10000"));
    var nonce =
        until(Set.of("200"), Set.of(), () -> api.claim(user, userCode)).text("approval_nonce");
    until(Set.of("200"), Set.of(), () -> api.deny(user, userCode, nonce));
    assertThat(Tables.text(Tables.grant(deviceCode), "grant_state")).isEqualTo("denied");
    until(Set.of("400 access_denied"), Set.of(), () -> api.poll(deviceCode));
    until(Set.of("404 invalid_user_code"), Set.of(), () -> api.approve(user, userCode, nonce));
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).isEmpty();
  }

  /// Uses the key once, which only works with a genuine key.
  void use(Tokens tokens) {
    var accessToken = tokens.access();
    var reply = until(Set.of("200"), Set.of("500"), () -> api.whoami(accessToken));
    assertThat(reply.text("sub")).isEqualTo(user);
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).hasSize(1);
    assertThat(accessToken).startsWith("kf_" + reply.text("key_id") + "_");
  }

  private Reply until(Set<String> right, Set<String> passing, Supplier<Reply> request) {
    return until(right, passing, request, Duration.ofSeconds(11));
  }

  /// @param pause before the request is repeated
  private Reply until(
      Set<String> right, Set<String> passing, Supplier<Reply> request, Duration pause) {
    for (int tries = 0; tries < TRIES; tries++) {
      var reply = request.get();
      var verdict = reply.status() == 500 ? "500" : reply.verdict();
      if (right.contains(verdict)) {
        return reply;
      }
      if (!passing.contains(verdict)) {
        assertThat(verdict).isEqualTo("503 temporarily_unavailable");
        assertThat(reply.headers()).containsKey("retry-after");
      }
      clock.advance(pause);
    }
    throw new AssertionError("no response after all attempts");
  }
}
