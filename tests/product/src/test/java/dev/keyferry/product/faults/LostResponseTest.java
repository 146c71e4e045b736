package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.ShiftedClock;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Attempt;
import dev.keyferry.product.Wire.Fate;
import dev.keyferry.product.Wire.Plan;
import dev.keyferry.product.faults.RetryingClient.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests of calls to DynamoDB and KMS that fail before or after they take effect, or never return.
/// No key is lost, none is duplicated, and the only error that a client receives is 503.
class LostResponseTest {
  private static final int THREADS = 8;
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(3);

  /// The duration of a fault in attempts: one, all three attempts of the SDK at a call, or all
  /// attempts of a request.
  private enum Span {
    ATTEMPT(1),
    CALL(3),
    REQUEST(Integer.MAX_VALUE);

    final int attempts;

    Span(int attempts) {
      this.attempts = attempts;
    }
  }

  /// A sequence of steps during which one call after the other fails.
  private enum Scenario {
    LOGIN {
      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        var tokens = retryingClient.login();
        retryingClient.use(tokens);
        var renewed = retryingClient.refresh(tokens);
        retryingClient.use(renewed);
        retryingClient.use(retryingClient.refresh(renewed));
      }
    },
    BROWSER_LOGIN {
      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.browserLogin();
      }
    },
    REFUSAL {
      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.refusal();
      }
    },
    CONFIRMATION {
      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.confirmation();
      }
    },
    GUESSES {
      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.guesses();
      }
    },
    ENDINGS {
      @Override
      List<Tokens> prepare(RetryingClient retryingClient) {
        return List.of(retryingClient.link(), retryingClient.link(), retryingClient.link());
      }

      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.release(linked.get(0));
        retryingClient.unlink(linked.get(1));
        retryingClient.signOut(linked.get(2));
      }
    },
    REUSE {
      @Override
      List<Tokens> prepare(RetryingClient retryingClient) {
        var first = retryingClient.link();
        var second = retryingClient.refresh(first);
        return List.of(first, retryingClient.refresh(second));
      }

      @Override
      void play(RetryingClient retryingClient, List<Tokens> linked) {
        retryingClient.reuse(linked.get(0), linked.get(1));
      }
    };

    /// Links devices before anything fails.
    List<Tokens> prepare(RetryingClient retryingClient) {
      return List.of();
    }

    abstract void play(RetryingClient retryingClient, List<Tokens> linked);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_login_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.LOGIN, fate, 25);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_login_through_the_browser_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.BROWSER_LOGIN, fate, 10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_refresh_may_fail_however_long_and_it_takes_effect_once(Fate fate) {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var token = api.link("renewed-" + fate).text("refresh_token");
    token = api.refresh(token).text("refresh_token");
    wire.follow((_, _) -> Fate.ARRIVES);
    token = api.refresh(token).text("refresh_token");
    int calls = wire.attempts();
    assertThat(calls).as("a read and a write; the subkeys are those of the polls").isEqualTo(2);
    for (int turn = 0; turn < calls; turn++) {
      var presented = token;
      var same = Map.of("idempotency-key", UUID.randomUUID().toString());
      int from = turn;
      wire.follow((number, _) -> number >= from ? fate : Fate.ARRIVES);
      assertThat(api.refresh(presented, same).verdict()).isEqualTo("503 temporarily_unavailable");
      assertThat(api.refresh(presented, same).verdict()).isEqualTo("503 temporarily_unavailable");

      wire.follow((_, _) -> Fate.ARRIVES);
      var renewed = api.refresh(presented, same);

      assertThat(renewed.status()).isEqualTo(200);
      assertThat(api.refresh(presented, same).body()).isEqualTo(renewed.body());
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
      token = renewed.text("refresh_token");
    }
    assertThat(Tables.generationsOf("renewed-" + fate)).containsExactly(String.valueOf(2 + calls));
  }

  @Test
  void an_unknown_outcome_is_called_unknown_and_the_same_request_finds_it_out() {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var codes = api.codes();
    api.grant("unsure", codes.userCode());
    var same = Map.of("idempotency-key", UUID.randomUUID().toString());
    wire.follow((_, attempt) -> fateOfMint(attempt.operation()));

    var unsure = api.poll(codes.deviceCode(), Map.of(), same);

    assertThat(unsure.verdict()).isEqualTo("503 temporarily_unavailable");
    assertThat(unsure.text("error_description"))
        .isEqualTo("the outcome is unknown; repeat the request with the same Idempotency-Key");
    wire.follow((_, _) -> Fate.LOST);
    assertThat(api.keys("unsure").text("error_description"))
        .as("a read")
        .isEqualTo("the service is temporarily unavailable; repeat the request");
    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(api.poll(codes.deviceCode()).verdict())
        .as("without the header, the code is spent")
        .isEqualTo("400 invalid_grant");
    assertThat(api.poll(codes.deviceCode(), Map.of(), same).status()).isEqualTo(200);
  }

  /// The transaction takes effect, and no read can tell.
  private static Fate fateOfMint(String operation) {
    return switch (operation) {
      case "TransactWriteItems" -> Fate.ANSWER_LOST;
      case "GetItem" -> Fate.LOST;
      default -> Fate.ARRIVES;
    };
  }

  @Test
  void a_reuse_that_cannot_be_stored_is_an_outage_and_is_detected_again() {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var first = api.link("reuser").text("refresh_token");
    var second = api.refresh(first).text("refresh_token");
    var third = api.refresh(second).text("access_token");
    // The refused refresh arrives. The write of the revocation does not.
    wire.follow((number, _) -> number > 0 ? Fate.LOST : Fate.ARRIVES);
    assertThat(api.refresh(first).verdict()).isEqualTo("503 temporarily_unavailable");
    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(api.whoami(third).status()).isEqualTo(200);

    assertThat(api.refresh(first).verdict()).isEqualTo("400 invalid_grant");
    assertThat(api.whoami(third).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_an_early_poll_and_a_denial_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.REFUSAL, fate, 15);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_login_with_a_number_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.CONFIRMATION, fate, 20);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_number_guesses_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.GUESSES, fate, 18);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_revocation_an_unlinking_and_a_sign_out_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.ENDINGS, fate, 10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED"})
  void each_call_of_a_reuse_may_fail(Fate fate) throws Exception {
    failEachCall(Scenario.REUSE, fate, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "the look, LOST",
    "the look, ANSWER_LOST",
    "the look, THROTTLED",
    "the write, LOST",
    "the write, ANSWER_LOST",
    "the write, THROTTLED"
  })
  void each_call_of_an_operator_may_fail_and_every_response_is_right(String from, Fate fate) {
    var first = from.equals("the look") ? 0 : 1;
    var resolves = first == 1 && fate == Fate.ANSWER_LOST;
    for (var span : Span.values()) {
      var wire = new Wire();
      var operator = Shared.environments(wire);
      var user = "disabled-%s-%s-%s".formatted(from, fate, span);
      var token = operator.link(user).text("access_token");
      for (var action : List.of("disable", "enable")) {
        var event = Map.of("action", action, "subject", user);
        wire.follow(
            (number, _) -> number >= first && number - first < span.attempts ? fate : Fate.ARRIVES);
        var fails = span == Span.REQUEST || (span == Span.CALL && !resolves);
        if (fails) {
          assertThatIllegalStateException()
              .isThrownBy(() -> operator.operate("SubjectFunction", event))
              .withMessage("outage");
        } else {
          assertThat(changed(operator, event)).as("%s, %s", action, span).isTrue();
        }
        wire.follow((_, _) -> Fate.ARRIVES);
        assertThat(changed(operator, event))
            .as("%s again, %s", action, span)
            .isEqualTo(fails && !resolves);
        assertThat(operator.whoami(token).status()).isEqualTo(action.equals("enable") ? 200 : 403);
      }
    }
  }

  private static boolean changed(DirectApi operator, Map<String, String> event) {
    return operator.operate("SubjectFunction", event).path("changed").asBoolean();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"LOST", "ANSWER_LOST", "THROTTLED", "HANGS"})
  void a_key_is_accepted_even_if_its_use_cannot_be_recorded(Fate fate) {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var user = "used-" + fate;
    var token = api.link(user).text("access_token");
    wire.follow((_, attempt) -> attempt.operation().equals("UpdateItem") ? fate : Fate.ARRIVES);

    assertThat(api.whoami(token).status()).isEqualTo(200);

    assertThat(Tables.keyRowsOf(user).getFirst().containsKey("last_used_at"))
        .isEqualTo(fate == Fate.ANSWER_LOST);
  }

  private static void failEachCall(Scenario scenario, Fate fate, int atLeast)
      throws InterruptedException, ExecutionException {
    var calls = new Wire();
    new Run(scenario, "whole-" + fate, calls).play((_, _) -> Fate.ARRIVES);
    var runs = new ArrayList<Callable<Void>>();
    for (int turn = 0; turn < calls.attempts(); turn++) {
      for (var span : Span.values()) {
        runs.add(faulty(scenario, fate, turn, span));
      }
    }
    assertThat(calls.attempts()).as("calls in fresh environments").isGreaterThan(atLeast);
    inParallel(runs);
  }

  private static Callable<Void> faulty(Scenario scenario, Fate fate, int turn, Span span) {
    return () -> {
      var wire = new Wire();
      var run = new Run(scenario, "faulty-%s-%d-%s".formatted(fate, turn, span), wire);
      run.play((number, _) -> {
        var hit = number >= turn && number - turn < span.attempts && !run.answered503();
        return hit ? fate : Fate.ARRIVES;
      });
      return null;
    };
  }

  /// A scenario in environments of its own.
  private static final class Run {
    private final ShiftedClock clock = new ShiftedClock();
    private final AtomicInteger outages = new AtomicInteger();
    private final Scenario scenario;
    private final Wire wire;
    private final Api api;
    private final String user;

    Run(Scenario scenario, String name, Wire wire) {
      this.scenario = scenario;
      this.wire = wire;
      user = scenario + "-" + name;
      var handlers = Shared.environments(wire, clock);
      api =
          new Api() {
            @Override
            public Reply send(Call call) {
              var reply = handlers.send(call);
              if (reply.status() >= 500) {
                outages.incrementAndGet();
              }
              return reply;
            }
          };
    }

    boolean answered503() {
      return outages.get() > 0;
    }

    /// @param plan of the faults, which begin after the preparation
    void play(Plan plan) {
      var retryingClient = new RetryingClient(api, clock, user);
      var linked = scenario.prepare(retryingClient);
      wire.follow(plan);
      scenario.play(retryingClient, linked);
    }
  }

  @Test
  void a_thousand_logins_that_lose_a_tenth_of_all_responses_get_one_key_each() throws Exception {
    var random = new Random(8628);
    var wire = new Wire();
    var clock = new ShiftedClock();
    var api = Shared.environments(wire, clock);
    wire.follow((_, _) -> random.nextInt(10) == 0 ? Fate.ANSWER_LOST : Fate.ARRIVES);

    inParallel(
        IntStream.range(0, 1_000)
            .<Callable<Void>>mapToObj(number ->
                () -> {
                  var login = new RetryingClient(api, clock, "thousand-" + number);
                  login.use(login.refresh(login.login()));
                  return null;
                })
            .toList());

    assertThat(Tables.rows(Tables.KEYS))
        .filteredOn(row -> Tables.text(row, "subject").startsWith("thousand-"))
        .hasSize(1_000);
    assertThat(Tables.rows(Tables.GRANTS))
        .filteredOn(row -> Tables.text(row, "claimed_by").startsWith("thousand-"))
        .filteredOn(row -> Tables.text(row, "grant_state").equals("consumed"))
        .hasSize(1_000);
  }

  @Test
  void a_conflicting_transaction_is_retried() {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var codes = api.codes();
    api.grant("dave", codes.userCode());
    wire.follow((number, attempt) ->
        attempt.operation().equals("TransactWriteItems") && number < 3
            ? Fate.CONFLICTS
            : Fate.ARRIVES);

    assertThat(api.poll(codes.deviceCode()).status()).isEqualTo(200);
    assertThat(wire.attempts()).isGreaterThan(3);
  }

  @Test
  void a_transaction_that_always_conflicts_is_an_outage_and_spends_nothing() {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var codes = api.codes();
    api.grant("dora", codes.userCode());
    wire.follow((_, attempt) ->
        attempt.operation().equals("TransactWriteItems") ? Fate.CONFLICTS : Fate.ARRIVES);

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("503 temporarily_unavailable");
    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(api.poll(codes.deviceCode()).status()).isEqualTo(200);
  }

  @Test
  void all_attempts_of_a_poll_are_one_transaction_and_each_poll_has_its_own() {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var codes = api.codes();
    api.grant("dana", codes.userCode());
    var transactions = new ArrayList<String>();

    wire.follow((_, attempt) -> transact(attempt, transactions, Fate.LOST));
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("503 temporarily_unavailable");
    var first = List.copyOf(transactions);
    transactions.clear();
    wire.follow((_, attempt) ->
        transact(attempt, transactions, transactions.isEmpty() ? Fate.ANSWER_LOST : Fate.ARRIVES));
    assertThat(api.poll(codes.deviceCode()).status()).isEqualTo(200);

    assertThat(first).hasSize(3).containsOnly(first.getFirst());
    assertThat(transactions).hasSize(2).containsOnly(transactions.getFirst());
    assertThat(clientRequestToken(first.getFirst()))
        .hasSizeGreaterThan(20)
        .isNotEqualTo(clientRequestToken(transactions.getFirst()));
  }

  private static Fate transact(Attempt attempt, List<String> transactions, Fate fate) {
    if (!attempt.operation().equals("TransactWriteItems")) {
      return Fate.ARRIVES;
    }
    transactions.add(attempt.body());
    return fate;
  }

  private static String clientRequestToken(String transaction) {
    return new Reply(200, Map.of(), transaction).text("ClientRequestToken");
  }

  @Test
  void a_handler_responds_within_five_seconds_whatever_aws_does() throws Exception {
    var wire = new Wire();
    var api = Shared.environments(wire);
    var pending = api.codes();
    var claimed = api.codes();
    var approved = api.codes();
    var denied = api.codes();
    api.poll(pending.deviceCode());
    var nonce = api.claim("frank", claimed.userCode()).text("approval_nonce");
    var noNonce = api.claim("frank", denied.userCode()).text("approval_nonce");
    api.grant("frank", approved.userCode());
    var used = api.codes();
    api.grant("frank", used.userCode());
    var key = api.poll(used.deviceCode()).text("access_token");
    api.whoami(key);
    var device = api.link("frank").text("refresh_token");
    wire.follow((_, _) -> Fate.HANGS);
    var coldWire = new Wire();
    coldWire.follow((_, _) -> Fate.HANGS);
    var cold = Shared.environments(coldWire);

    inParallel(
        List.of(
            () -> timed(api::authorize),
            () -> timed(() -> api.poll(pending.deviceCode())),
            () -> timed(() -> api.poll(approved.deviceCode())),
            () -> timed(() -> api.claim("frank", pending.userCode())),
            () -> timed(() -> api.approve("frank", claimed.userCode(), nonce)),
            () -> timed(() -> api.deny("frank", denied.userCode(), noNonce)),
            () -> timed(() -> api.whoami(key)),
            () -> timed(() -> api.refresh(device)),
            () -> timed(() -> api.revoke(device)),
            () -> timed(() -> api.introspect(key)),
            () -> timed(() -> api.keys("frank")),
            () -> timed(() -> api.revokeKey("frank", key.substring(3, 19))),
            () -> timed(() -> api.signOut("frank")),
            () -> timed(() -> disable(api, "frank")),
            () -> timed(cold::authorize)));
  }

  @Test
  void a_kms_that_hangs_at_a_renewal_changes_no_response_and_delays_none_for_long()
      throws Exception {
    var wire = new Wire();
    var clock = new ShiftedClock();
    var api = Shared.environments(wire, clock);
    var warm = api.codes();
    api.grant("grace", warm.userCode());
    api.whoami(api.poll(warm.deviceCode()).text("access_token"));
    api.deny("grace", warm.userCode(), "warm");
    clock.advance(Duration.ofMinutes(15));
    var renewals = new AtomicInteger();
    wire.follow((_, attempt) -> {
      if (!attempt.operation().equals("GenerateMac")) {
        return Fate.ARRIVES;
      }
      renewals.incrementAndGet();
      return Fate.HANGS;
    });

    var codes = soon("200", api::authorize);
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    soon("400 authorization_pending", () -> api.poll(deviceCode));
    var nonce = soon("200", () -> api.claim("grace", userCode)).text("approval_nonce");
    soon("200", () -> api.approve("grace", userCode, nonce));
    var key = soon("200", () -> api.poll(deviceCode)).text("access_token");
    soon("200", () -> api.whoami(key));
    var unwanted = soon("200", api::authorize).text("user_code");
    var noNonce = soon("200", () -> api.claim("grace", unwanted)).text("approval_nonce");
    soon("200", () -> api.deny("grace", unwanted, noNonce));
    assertThat(renewals).as("renewals tried").hasPositiveValue();
  }

  private static Reply soon(String verdict, Callable<Reply> request) throws Exception {
    var start = System.nanoTime();
    var reply = request.call();
    assertThat(reply.verdict()).isEqualTo(verdict);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(verdict).isLessThan(SOON);
    return reply;
  }

  /// An outage fails the invocation, as behind a gateway.
  private static Reply disable(DirectApi operator, String user) {
    try {
      changed(operator, Map.of("action", "disable", "subject", user));
      return new Reply(200, Map.of(), "");
    } catch (IllegalStateException _) {
      return new Reply(500, Map.of(), "");
    }
  }

  private static Void timed(Callable<Reply> request) throws Exception {
    var start = System.nanoTime();
    var reply = request.call();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
    assertThat(reply.status()).isIn(503, 500);
    return null;
  }

  private static void inParallel(List<Callable<Void>> work)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(THREADS, Thread.ofVirtual().factory())) {
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    }
  }
}
