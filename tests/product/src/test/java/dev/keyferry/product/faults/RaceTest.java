package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.TestClock;
import dev.keyferry.flow.Write;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.stores.DynamoStores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests of races through the handlers, on DynamoDB Local.
class RaceTest {
  private static final int POLLS = 64;
  private static final int MOST_AGAIN = 3;
  private static final int APPROVALS = 200;
  private static final int DUELS = 500;
  private static final int REFRESHES = 32;
  private static final int GENERATIONS = 50;
  private static final int REVOCATIONS = 200;
  private static final int SIGN_OUTS = 300;
  private static final int GUESSES = 60;
  private static final int WRONG_NUMBERS = 16;
  private static final Duration TICK = Duration.ofMillis(1);

  private final Api api = Shared.environments(new Wire());

  @Test
  void of_sixty_four_polls_of_one_approval_exactly_one_gets_the_key_and_one_key_is_stored()
      throws Exception {
    for (int approval = 0; approval < APPROVALS; approval++) {
      var codes = api.codes();
      var user = "racer-" + approval;
      api.grant(user, codes.userCode());

      var replies = together(IntStream.range(0, POLLS).mapToObj(_ -> poll(codes)));

      var issued = replies.stream().filter(reply -> reply.status() == 200).toList();
      assertThat(issued).hasSize(1);
      assertThat(replies)
          .filteredOn(reply -> reply.status() != 200)
          .extracting(Reply::verdict)
          .containsOnly("400 invalid_grant");
      assertThat(Tables.keyRowsOf(user)).hasSize(1);
      assertThat(api.whoami(issued.getFirst().text("access_token")).text("sub")).isEqualTo(user);
    }
  }

  /// An outage is not a verdict. On an overloaded machine, a device that receives one repeats its
  /// request.
  private Callable<Reply> poll(Api.Codes codes) {
    return () -> {
      var reply = api.poll(codes.deviceCode());
      for (int again = 0; reply.status() == 503 && again < MOST_AGAIN; again++) {
        reply = api.poll(codes.deviceCode());
      }
      return reply;
    };
  }

  @Test
  void simultaneous_approve_and_deny_have_one_outcome_that_is_never_undone() throws Exception {
    int approvals = 0;
    for (int duel = 0; duel < DUELS; duel++) {
      var codes = api.codes();
      var nonce = api.claim("bob", codes.userCode()).text("approval_nonce");

      var replies =
          together(
              Stream.of(
                  () -> api.approve("bob", codes.userCode(), nonce),
                  () -> api.deny("bob", codes.userCode(), nonce)));

      // Deny also ends an approved grant, so it always succeeds. Approve succeeds only if it came
      // first.
      assertThat(replies.get(1).status()).isEqualTo(200);
      assertThat(replies.get(0).verdict()).isIn("200", "404 invalid_user_code");
      approvals += replies.get(0).status() == 200 ? 1 : 0;
      assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 access_denied");
      assertThat(api.approve("bob", codes.userCode(), nonce).status()).isEqualTo(404);
      assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 access_denied");
    }
    assertThat(approvals).as("races that approve won for a moment").isBetween(1, DUELS - 1);
  }

  @Test
  void simultaneous_deny_and_poll_either_deny_or_issue_and_never_both() throws Exception {
    for (int duel = 0; duel < DUELS; duel++) {
      var codes = api.codes();
      var nonce = api.claim("erin", codes.userCode()).text("approval_nonce");
      api.approve("erin", codes.userCode(), nonce);

      var replies =
          together(
              Stream.of(
                  () -> api.deny("erin", codes.userCode(), nonce),
                  () -> api.poll(codes.deviceCode())));

      assertThat(replies.stream().map(Reply::verdict).toList())
          .isIn(List.of("200", "400 access_denied"), List.of("404 invalid_user_code", "200"));
    }
  }

  /// Time moves by a single tick, so the machine's speed affects only the race itself. One duel in
  /// three starts after expiry, one before it, and in one the code expires during the race.
  @Test
  void an_approval_that_races_expiry_either_holds_or_never_happened() throws Exception {
    var clock = new TestClock(Shared.CLOCK.instant());
    var stopped = Shared.environments(new Wire(), clock);
    int approvals = 0;
    for (int duel = 0; duel < DUELS; duel++) {
      var codes = stopped.codes();
      var nonce = stopped.claim("carol", codes.userCode()).text("approval_nonce");
      clock.advance(Authorize.CODE_LIFETIME.minus(TICK));
      if (duel % 3 == 0) {
        clock.advance(TICK);
      }

      Callable<Reply> approve = () -> stopped.approve("carol", codes.userCode(), nonce);
      Callable<Reply> poll = () -> stopped.poll(codes.deviceCode());
      Callable<Reply> expire =
          () -> {
            clock.advance(TICK);
            return new Reply(0, Map.of(), "");
          };
      var replies =
          together(duel % 3 == 1 ? Stream.of(approve, poll, expire) : Stream.of(approve, poll));
      clock.advance(Duration.ofSeconds(1));

      var approval = replies.get(0).verdict();
      var issued = replies.get(1).status() == 200;
      assertThat(approval)
          .isIn(
              switch (duel % 3) {
                case 0 -> List.of("404 invalid_user_code");
                case 1 -> List.of("200", "404 invalid_user_code");
                default -> List.of("200");
              });
      assertThat(replies.get(1).verdict())
          .isIn(
              switch (duel % 3) {
                case 0 -> List.of("400 expired_token");
                case 1 -> List.of("200", "400 authorization_pending", "400 expired_token");
                default -> List.of("200", "400 authorization_pending");
              });
      assertThat(!issued || approval.equals("200")).as("no key without an approval").isTrue();
      assertThat(stopped.poll(codes.deviceCode()).verdict())
          .isEqualTo(issued ? "400 invalid_grant" : "400 expired_token");
      assertThat(stopped.approve("carol", codes.userCode(), nonce).verdict()).isEqualTo(approval);
      approvals += approval.equals("200") ? 1 : 0;
    }
    assertThat(approvals).as("races that approve won").isBetween(DUELS / 3, DUELS - DUELS / 3);
  }

  @Test
  void thirty_two_refreshes_of_one_token_create_one_generation_and_all_get_it() throws Exception {
    var present = api.link("renewer");
    for (int generation = 1; generation <= GENERATIONS; generation++) {
      var token = present.text("refresh_token");

      var replies = together(IntStream.range(0, REFRESHES).mapToObj(_ -> () -> api.refresh(token)));

      present = replies.getFirst();
      assertThat(replies).extracting(Reply::body).containsOnly(present.body());
      assertThat(Tables.generationsOf("renewer")).containsExactly(String.valueOf(generation));
      assertThat(api.whoami(present.text("access_token")).text("sub")).isEqualTo("renewer");
    }
  }

  @Test
  void thirty_two_retries_of_one_refresh_all_get_the_same_response() throws Exception {
    var present = api.link("retrier");
    for (int generation = 1; generation <= GENERATIONS; generation++) {
      var token = present.text("refresh_token");
      var same = Map.of("idempotency-key", UUID.randomUUID().toString());

      var replies =
          together(IntStream.range(0, REFRESHES).mapToObj(_ -> () -> api.refresh(token, same)));

      assertThat(replies).extracting(Reply::status).containsOnly(200);
      present = replies.getFirst();
      assertThat(replies).extracting(Reply::body).containsOnly(present.body());
      assertThat(Tables.generationsOf("retrier")).containsExactly(String.valueOf(generation));
    }
  }

  @Test
  void no_token_works_after_a_revocation_whatever_came_first() throws Exception {
    var keys = DynamoStores.at(Shared.stack().aws()).keys();
    int renewals = 0;
    for (int duel = 0; duel < REVOCATIONS; duel++) {
      var user = "revoker-" + duel;
      var first = api.link(user);
      var access = first.text("access_token");
      var refresh = first.text("refresh_token");
      var id = AccessToken.parse(access).orElseThrow().id();
      var late = duel % 2 == 1;
      var owner = new Revoker.Owner(new Subject(user));

      var replies =
          together(
              Stream.of(
                  () -> api.refresh(refresh),
                  () -> {
                    // A refresh reads before it writes. In every other race it has time to read
                    // first.
                    if (late) {
                      api.whoami(access);
                      api.whoami(access);
                    }
                    assertThat(keys.revoke(id, owner, Shared.CLOCK.instant()))
                        .isInstanceOf(Write.Applied.class);
                    // After a success response to the revocation, the key no longer works.
                    return api.whoami(access);
                  }));

      assertThat(replies.get(0).verdict()).isIn("200", "400 invalid_grant");
      assertThat(replies.get(1).status()).isEqualTo(403);
      assertThat(api.whoami(access).status()).isEqualTo(403);
      assertThat(api.refresh(refresh).verdict()).isEqualTo("400 invalid_grant");
      if (replies.get(0).status() == 200) {
        renewals++;
        var renewed = replies.get(0);
        assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(403);
        assertThat(api.refresh(renewed.text("refresh_token")).verdict())
            .isEqualTo("400 invalid_grant");
      }
    }
    assertThat(renewals).as("races that the refresh won").isBetween(1, REVOCATIONS - 1);
  }

  /// In every other race, the poll has started when the sign-out comes. In each half, some keys are
  /// issued first.
  @Test
  void a_sign_out_that_races_the_poll_of_an_approved_grant_leaves_no_valid_key() throws Exception {
    int minted = 0;
    for (int duel = 0; duel < SIGN_OUTS; duel++) {
      var user = "leaver-" + duel;
      var codes = api.codes(Api.OFFLINE);
      api.grant(user, codes.userCode());
      var late = duel % 2 == 1;

      var replies =
          together(
              Stream.of(
                  () -> api.poll(codes.deviceCode()),
                  () -> {
                    if (late) {
                      api.keys(user);
                    }
                    return api.signOut(user);
                  }));

      var poll = replies.get(0);
      assertThat(replies.get(1).status()).isEqualTo(204);
      assertThat(poll.verdict()).isIn("200", "400 access_denied");
      if (poll.status() == 200) {
        minted++;
        assertThat(api.whoami(poll.text("access_token")).status()).isEqualTo(403);
        assertThat(api.refresh(poll.text("refresh_token")).verdict())
            .isEqualTo("400 invalid_grant");
      } else {
        assertThat(Tables.keyRowsOf(user)).isEmpty();
      }
      assertThat(api.keys(user).json().path("keys")).isEmpty();
      assertThat(api.poll(codes.deviceCode()).verdict())
          .isEqualTo(poll.status() == 200 ? "400 invalid_grant" : "400 access_denied");
    }
    assertThat(minted).as("races that the poll won").isBetween(1, SIGN_OUTS - 1);
  }

  /// In each race, the right number comes at another position among the wrong ones. Now and then it
  /// is first.
  @Test
  void of_sixteen_wrong_numbers_and_the_right_one_three_wrong_ones_deny_or_the_right_one_issues()
      throws Exception {
    int minted = 0;
    for (int duel = 0; duel < GUESSES; duel++) {
      var user = "guesser-" + duel;
      var codes = api.codes(Api.CAREFUL);
      var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
      var number = api.approve(user, codes.userCode(), nonce).text("confirmation");
      var first = duel % 2 == 0;
      var wrong =
          IntStream.rangeClosed(1, WRONG_NUMBERS)
              .<Callable<Reply>>mapToObj(step ->
                  () -> {
                    // In every other race, the right number has a head start.
                    if (first) {
                      api.keys(user);
                    }
                    return enter(codes, Api.beside(number, step));
                  });

      var replies = together(Stream.concat(Stream.of(() -> enter(codes, number)), wrong));

      var right = replies.getFirst().verdict();
      assertThat(right).isIn("200", "400 access_denied");
      assertThat(replies.subList(1, replies.size()))
          .extracting(Reply::verdict)
          .containsAnyOf("400 confirmation_required", "400 access_denied", "400 invalid_grant")
          .doesNotContain("200");
      var counted =
          Tables.grant(codes.deviceCode())
              .getOrDefault("wrong_confirmations", AttributeValue.fromNs(List.of()))
              .ns();
      assertThat(counted).hasSizeLessThanOrEqualTo(3);
      assertThat(Tables.keyRowsOf(user)).hasSize(right.equals("200") ? 1 : 0);
      assertThat(counted.size() == 3).as("denied").isEqualTo(!right.equals("200"));
      assertThat(enter(codes, number).verdict())
          .isEqualTo(right.equals("200") ? "400 invalid_grant" : "400 access_denied");
      minted += right.equals("200") ? 1 : 0;
    }
    assertThat(minted).as("races that the right number won").isBetween(1, GUESSES - 1);
  }

  @Test
  void sixteen_simultaneous_entries_of_one_wrong_number_count_once() throws Exception {
    var codes = api.codes(Api.CAREFUL);
    var nonce = api.claim("mistaken", codes.userCode()).text("approval_nonce");
    var number = api.approve("mistaken", codes.userCode(), nonce).text("confirmation");
    var wrong = Api.beside(number, 1);

    var replies =
        together(IntStream.range(0, WRONG_NUMBERS).mapToObj(_ -> () -> enter(codes, wrong)));

    assertThat(replies).extracting(Reply::verdict).containsOnly("400 confirmation_required");
    assertThat(Tables.grant(codes.deviceCode()))
        .containsEntry("wrong_confirmations", AttributeValue.fromNs(List.of(wrong)));
    assertThat(enter(codes, number).status()).isEqualTo(200);
  }

  @Test
  void sixteen_presses_of_approve_give_one_code_and_sixteen_redemptions_one_key() throws Exception {
    var nonce = api.claimLogin("impatient", Api.browserLogin()).text("approval_nonce");
    var approvals =
        together(
            IntStream.range(0, 16)
                .mapToObj(_ -> () -> api.approveLogin("impatient", nonce, Map.of())));
    assertThat(approvals).extracting(Reply::body).containsOnly(approvals.getFirst().body());
    var code = approvals.getFirst().redirected("code");

    var replies = together(IntStream.range(0, 16).mapToObj(_ -> () -> api.redeem(code)));

    assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(1);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 200)
        .extracting(Reply::verdict)
        .containsOnly("400 invalid_grant");
    assertThat(Tables.keyRowsOf("impatient")).hasSize(1);
  }

  private Reply enter(Api.Codes codes, String number) {
    return api.enter(codes.deviceCode(), number, Map.of("client_id", "careful"));
  }

  /// Runs all calls at once, each on its own thread, and returns their responses in order.
  private static List<Reply> together(Stream<Callable<Reply>> calls)
      throws InterruptedException, ExecutionException {
    var waiting = calls.toList();
    var start = new CyclicBarrier(waiting.size());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<Reply>>();
      for (var call : waiting) {
        running.add(
            threads.submit(() -> {
              start.await();
              return call.call();
            }));
      }
      var replies = new ArrayList<Reply>();
      for (var reply : running) {
        replies.add(reply.get());
      }
      return replies;
    }
  }
}
