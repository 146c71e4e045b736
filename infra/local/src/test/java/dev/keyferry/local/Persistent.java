package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// A whole login by a client, a page and an API, and a refresh, that do what the protocol lets them
/// do about an outage: the same again. Whatever they hear must be true, so any answer but the right
/// one and 503 fails the test.
final class Persistent {
  private static final int TRIES = 50;

  private final Api api;
  private final ShiftedClock clock;
  private final String user;

  /// @param user whose first and only login this is
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

  /// Trades the refresh token for the next.
  Tokens refresh(Tokens present) {
    var same = Map.of("idempotency-key", UUID.randomUUID().toString());
    return Tokens.of(until(Set.of("200"), Set.of(), () -> api.refresh(present.refresh(), same)));
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
      clock.advance(Duration.ofSeconds(11));
    }
    throw new AssertionError("never answered");
  }
}
