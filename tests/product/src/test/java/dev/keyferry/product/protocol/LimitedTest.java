package dev.keyferry.product.protocol;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/// Tests of the public routes with their limits on, as in AWS.
class LimitedTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final String OVER = "429 slow_down";
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  /// At the beginning of a window of every length.
  private final TestClock clock =
      new TestClock(Shared.CLOCK.instant().truncatedTo(ChronoUnit.HOURS));

  private final Wire wire = new Wire();

  /// The writes that DynamoDB made, without those that it refused.
  private final Queue<DynamoDbRequest> written = new ConcurrentLinkedQueue<>();

  private final DirectApi anywhere =
      Shared.limited((function, aws) -> wire.tap(function, noting(aws)), clock);
  private final String network = "2001:db8:0:" + Integer.toHexString(ADDRESSES.incrementAndGet());
  private final DirectApi api = anywhere.from(network + "::1");
  private final String user = "limited-" + ADDRESSES.get();

  private AwsConnection noting(AwsConnection aws) {
    ExecutionInterceptor noting =
        new ExecutionInterceptor() {
          @Override
          public void afterExecution(
              Context.AfterExecution execution, ExecutionAttributes attributes) {
            if (execution.request() instanceof DynamoDbRequest request) {
              written.add(request);
            }
          }
        };
    return new AwsConnection(
        aws.region(), aws.credentials(), aws.endpoint(), aws.http(), List.of(noting));
  }

  private List<String> authorize(int times) {
    return nCopies(times, api).stream().map(from -> from.authorize().verdict()).toList();
  }

  private List<String> enterWrongCodes(int times, DirectApi from, String by) {
    return nCopies(times, "AAAA-AAAA").stream()
        .map(code -> from.claim(by, code).verdict())
        .toList();
  }

  private Stream<Map<String, AttributeValue>> counters() {
    return Tables.rows(Tables.GRANTS)
        .filter(row -> Tables.text(row, "pk").startsWith("LIMIT#"))
        .filter(row ->
            Tables.text(row, "pk").contains(user) || Tables.text(row, "pk").contains(network));
  }

  @Test
  void a_network_gets_thirty_codes_a_minute() {
    assertThat(authorize(30)).containsOnly("200");
    assertThat(api.authorize().verdict()).isEqualTo(OVER);
    assertThat(anywhere.from(network + ":ffff::9").authorize().verdict()).isEqualTo(OVER);
    assertThat(anywhere.from("198.51.100.9").authorize().verdict()).isEqualTo("200");

    clock.advance(Duration.ofMinutes(1).minus(MILLISECOND));
    assertThat(api.authorize().verdict()).isEqualTo(OVER);
    clock.advance(MILLISECOND);
    assertThat(authorize(31)).endsWith(OVER).doesNotContainSubsequence(OVER, "200");
  }

  @Test
  void a_malformed_request_counts_too() {
    for (int i = 0; i < 30; i++) {
      var malformed = api.authorize(Map.of("client_id", "cli", "encryption_jwk", "no key"));
      assertThat(malformed.verdict()).isEqualTo("400 invalid_request");
    }
    assertThat(api.authorize().verdict()).isEqualTo(OVER);
  }

  @Test
  void retry_after_is_in_whole_seconds() {
    authorize(30);
    clock.advance(Duration.ofMillis(12_345));

    var reply = api.authorize();

    assertThat(reply.headers())
        .containsEntry("retry-after", "48")
        .containsEntry("cache-control", "no-store");
    assertThat(reply.body()).doesNotContain("interval");
  }

  @Test
  void a_forwarded_address_is_ignored() {
    authorize(30);
    var headers = Map.of("x-forwarded-for", "198.51.100.77", "forwarded", "for=198.51.100.77");

    assertThat(api.form("/oauth/device/authorize", Map.of("client_id", "cli"), headers).verdict())
        .isEqualTo(OVER);
  }

  @Test
  void a_user_may_enter_five_wrong_codes_in_ten_minutes() {
    var right = api.codes().userCode();

    assertThat(enterWrongCodes(5, api, user)).containsOnly("404 invalid_user_code");
    assertThat(enterWrongCodes(1, api, user)).containsOnly(OVER);
    var refused = anywhere.from("198.51.100.9").claim(user, right);
    assertThat(refused.verdict()).as("a right code from another network").isEqualTo(OVER);
    assertThat(refused.headers()).containsEntry("retry-after", "600");
    assertThat(api.claim(user + "-friend", right).verdict()).isEqualTo("200");
  }

  @Test
  void malformed_and_decided_codes_count_as_wrong_too() {
    var denied = api.codes().userCode();
    api.deny(user, denied, api.claim(user, denied).text("approval_nonce"));

    var verdicts =
        Stream.of("nonsense", "AAAA-AAA1", "AAAA-AAAA", denied, denied)
            .map(code -> api.claim(user, code).verdict());
    assertThat(verdicts).containsOnly("404 invalid_user_code");
    assertThat(api.claim(user, api.codes().userCode()).verdict()).isEqualTo(OVER);
  }

  @Test
  void a_network_may_enter_ten_wrong_codes_in_ten_minutes() {
    enterWrongCodes(5, api, user + "-a");
    enterWrongCodes(5, api, user + "-b");

    assertThat(enterWrongCodes(1, api, user + "-c")).containsExactly(OVER);
    assertThat(enterWrongCodes(1, anywhere.from(network + "::2"), user + "-c"))
        .containsExactly(OVER);
    clock.advance(Duration.ofMinutes(10));
    assertThat(enterWrongCodes(1, api, user + "-c")).containsExactly("404 invalid_user_code");
  }

  @Test
  @Tag("race")
  void simultaneous_guesses_get_no_more_verdicts_than_sequential_ones()
      throws InterruptedException, ExecutionException {
    try (var pool = Executors.newFixedThreadPool(16)) {
      Callable<String> guess = () -> api.claim(user, "AAAA-AAAA").verdict();
      var verdicts = new ConcurrentLinkedQueue<String>();
      for (var guessed : pool.invokeAll(nCopies(64, guess))) {
        verdicts.add(guessed.get());
      }
      assertThat(verdicts.stream().filter("404 invalid_user_code"::equals)).hasSize(5);
      assertThat(verdicts.stream().filter(OVER::equals)).hasSize(59);
    }
  }

  @Test
  void counters_are_purged_when_their_window_ends() {
    var now = clock.instant();
    api.authorize();
    enterWrongCodes(1, api, user);

    var ends =
        counters()
            .collect(
                Collectors.toMap(
                    row -> Tables.text(row, "pk").split("#", -1)[1],
                    row -> Instant.ofEpochSecond(Tables.number(row, "purge_at"))));
    assertThat(ends)
        .containsOnly(
            Map.entry("authorize", now.plus(Duration.ofMinutes(1))),
            Map.entry("wrong-code-subject", now.plus(Duration.ofMinutes(10))),
            Map.entry("wrong-code-network", now.plus(Duration.ofMinutes(10))));
  }

  @Test
  void no_request_passes_uncounted_during_an_outage() {
    wire.follow((_, _) -> Fate.LOST);

    assertThat(api.authorize().verdict()).isEqualTo("503 temporarily_unavailable");
    assertThat(api.claim(user, "AAAA-AAAA").verdict()).isEqualTo("503 temporarily_unavailable");
    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(counters()).isEmpty();
  }

  @Test
  void an_attempt_with_a_lost_response_counts_once() {
    wire.follow((number, _) -> number < 3 ? Fate.ANSWER_LOST : Fate.ARRIVES);

    assertThat(api.authorize().verdict()).isEqualTo("200");
    wire.follow((_, _) -> Fate.ARRIVES);

    assertThat(counters()).extracting(row -> Tables.number(row, "hits")).containsExactly(1L);
  }

  @Test
  @Tag("race")
  void five_thousand_polls_in_an_interval_are_two_writes_and_the_device_gets_its_key()
      throws InterruptedException {
    var codes = api.codes();
    for (int interval = 0; interval < 2; interval++) {
      written.clear();
      try (var pool = Executors.newFixedThreadPool(16)) {
        pool.invokeAll(nCopies(2_500, (Callable<Reply>) () -> api.poll(codes.deviceCode())));
      }
      assertThat(written).hasSize(2).hasOnlyElementsOfType(UpdateItemRequest.class);
      clock.advance(Duration.ofSeconds(10));
    }
    api.grant(user, codes.userCode());

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("200");
  }
}
