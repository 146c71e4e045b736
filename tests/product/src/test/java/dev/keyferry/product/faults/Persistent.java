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

/// A client, a page and an API that do what the protocol lets them do about an outage: the same
/// again. Whatever they hear must be true, so any answer but the right one and 503 fails the test.
final class Persistent {
  private static final int TRIES = 50;

  /// A code that a browser carries does not live for long.
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final Api api;
  private final ShiftedClock clock;
  private final String user;
  private String careful = "";

  /// @param user who does nothing else
  Persistent(Api api, ShiftedClock clock, String user) {
    this.api = api;
    this.clock = clock;
    this.user = user;
  }

  /// What the client ends up with.
  record Tokens(String access, String refresh) {
    private static Tokens of(Reply reply) {
      return new Tokens(reply.text("access_token"), reply.text("refresh_token"));
    }
  }

  /// A whole login of a client that may stay.
  Tokens login() {
    var codes = until(Set.of("200"), Set.of(), () -> api.authorize(Api.OFFLINE));
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    until(
        Set.of("400 authorization_pending"),
        // A poll whose answer was lost counts; who asks again at once is early.
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

  /// A whole login through the browser, in which approve is pressed twice.
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

  /// A login with a number that is entered wrongly first.
  void confirmation() {
    var number = approvedWithNumber();
    var wrong = Api.beside(number, 1);
    until(Set.of("400 confirmation_required"), Set.of(), () -> enter(wrong));
    until(Set.of("400 confirmation_required"), Set.of(), () -> enter(wrong));
    assertThat(wrongNumbers()).as("however often tried").containsExactly(wrong);
    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var more = Map.of("client_id", "careful", "confirmation", number);
    var token = until(Set.of("200"), Set.of(), () -> api.poll(careful, more, samePoll));
    var access = token.text("access_token");
    assertThat(until(Set.of("200"), Set.of("500"), () -> api.whoami(access)).text("sub"))
        .isEqualTo(user);
    assertThat(Tables.keyRowsOf(user)).as("key rows of " + user).hasSize(1);
  }

  /// A number that is guessed until there is nothing more to guess.
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

  /// What the page shows, however often it has to ask.
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

  /// The client gives its key back; whoever hears so finds the door closed.
  void giveBack(Tokens tokens) {
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

  /// Somebody presents a token that was used long ago; the device dies of it.
  void reuse(Tokens used, Tokens present) {
    until(Set.of("400 invalid_grant"), Set.of(), () -> api.refresh(used.refresh()));
    assertDead(present);
  }

  private void assertDead(Tokens tokens) {
    until(Set.of("403"), Set.of("500"), () -> api.whoami(tokens.access()), Duration.ZERO);
    until(
        Set.of("400 invalid_grant"), Set.of(), () -> api.refresh(tokens.refresh()), Duration.ZERO);
  }

  /// Trades the refresh token for the next.
  Tokens refresh(Tokens present) {
    var same = Map.of("idempotency-key", UUID.randomUUID().toString());
    return Tokens.of(until(Set.of("200"), Set.of(), () -> api.refresh(present.refresh(), same)));
  }

  /// A grant that is polled too early and then denied, to its end.
  void refusal() {
    var codes = until(Set.of("200"), Set.of(), api::authorize);
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    until(Set.of("400 authorization_pending"), Set.of("400 slow_down"), () -> api.poll(deviceCode));
    // At once, as no client should: a poll whose write was lost is still due.
    var early =
        until(
            Set.of("400 slow_down"),
            Set.of("400 authorization_pending"),
            () -> api.poll(deviceCode),
            Duration.ZERO);
    assertThat(early.text("interval")).as("one step longer, however often tried").isEqualTo("10");
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

  /// Uses the key once, so that it must be genuine.
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

  /// @param pause how long to wait before the same again
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
    throw new AssertionError("never answered");
  }
}
