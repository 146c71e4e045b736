package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Refresh;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.ShiftedClock;
import dev.keyferry.product.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests of refreshes over a network that loses answers, and of thieves who have a copy of a refresh
/// token. docs/decisions/0009.
final class LostAnswersTest {
  private static final int SESSIONS = 1_000;
  private static final int REFRESHES = 3;
  private static final int MOST_ROUNDS = 60;

  /// The pauses between the rounds of requests: a retry, a polling interval, more than the grace, a
  /// nap, and longer than an access token lives.
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(35),
          Duration.ofMinutes(10),
          Duration.ofHours(25));

  private static final String ELSEWHERE = "2001:db8:4::1";

  private final ShiftedClock clock = new ShiftedClock();
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final DirectApi api =
      Shared.limited(
          new Wire(),
          clock,
          line -> {
            lines.add(line);
            Secrets.LOG.add(line);
          });

  private long recorded(String event) {
    return lines.stream().filter(line -> line.contains("\"event\":\"" + event + "\"")).count();
  }

  /// A client that refreshes its key. Its requests arrive. Of the answers, the network loses one in
  /// five and delays one in ten until the next round.
  private final class Session {
    private final SplittableRandom random;
    private final DirectApi home;
    private final boolean isOurs;
    private String token;
    private Map<String, String> headers = Map.of();
    private Optional<Reply> delayed = Optional.empty();
    private int refreshes;

    /// @param isOurs whether the client sends `Idempotency-Key`, as ours does and others do not
    Session(int number, boolean isOurs) {
      this.isOurs = isOurs;
      random = new SplittableRandom(number);
      home = api.from("2001:db8:%x:%x::1".formatted(isOurs ? 1 : 2, number));
      token = home.link("session-" + UUID.randomUUID()).text("refresh_token");
      begin();
    }

    private void begin() {
      headers = isOurs ? Map.of("idempotency-key", UUID.randomUUID().toString()) : Map.of();
    }

    boolean isDone() {
      return refreshes == REFRESHES;
    }

    void act() {
      if (isDone()) {
        return;
      }
      if (delayed.isPresent()) {
        receive(delayed.get());
        return;
      }
      var network = random.nextInt(10) == 0 ? api.from(ELSEWHERE) : home;
      var answer = network.refresh(token, headers);
      assertThat(answer.verdict()).isEqualTo("200");
      switch (random.nextInt(10)) {
        case 0, 1 -> {}
        case 2 -> delayed = Optional.of(answer);
        default -> receive(answer);
      }
    }

    /// Keeps the tokens, and uses them before the next refresh.
    private void receive(Reply answer) {
      delayed = Optional.empty();
      token = answer.text("refresh_token");
      refreshes++;
      begin();
      home.whoami(answer.text("access_token"));
    }

    void assertLoggedIn() {
      var renewed = home.refresh(token);
      assertThat(renewed.verdict()).isEqualTo("200");
      assertThat(home.whoami(renewed.text("access_token")).status()).isEqualTo(200);
    }
  }

  @Test
  void log_nobody_out() {
    var sessions =
        IntStream.range(0, SESSIONS)
            .parallel()
            .mapToObj(number -> new Session(number, number % 2 == 0))
            .toList();
    var random = new SplittableRandom(8628);
    for (int round = 0;
        round < MOST_ROUNDS && !sessions.stream().allMatch(Session::isDone);
        round++) {
      sessions.parallelStream().forEach(Session::act);
      clock.advance(PAUSES.get(random.nextInt(PAUSES.size())));
    }

    assertThat(sessions).allMatch(Session::isDone);
    sessions.parallelStream().forEach(Session::assertLoggedIn);
    assertThat(recorded("reuse_detected")).isZero();
    System.out.printf(
        "%d sessions: %d answers repeated, %d of them elsewhere, %d branches%n",
        SESSIONS,
        recorded("redelivered") + recorded("redelivered_elsewhere"),
        recorded("redelivered_elsewhere"),
        recorded("branched"));
  }

  /// A party that has a copy of the refresh token.
  private static final class Holder {
    private final DirectApi api;
    private String refreshToken;
    private String accessToken = "";

    Holder(DirectApi api, String refreshToken) {
      this.api = api;
      this.refreshToken = refreshToken;
    }

    Reply refresh() {
      return api.refresh(refreshToken);
    }

    void keep(Reply answer) {
      if (answer.status() == 200) {
        refreshToken = answer.text("refresh_token");
        accessToken = answer.text("access_token");
      }
    }

    void use() {
      api.whoami(accessToken);
    }
  }

  /// Each step refreshes with the newest token that its party has, or uses its access token, or
  /// waits for longer than the grace. The last step is the one that reveals the theft.
  @ParameterizedTest
  @CsvSource({
    "elsewhere, thief refreshes; thief uses; owner refreshes",
    "here,      thief refreshes; thief uses; wait; owner refreshes",
    "elsewhere, thief refreshes; owner refreshes; owner uses; thief refreshes",
    "here,      thief refreshes; owner refreshes; owner uses; wait; owner refreshes; owner uses; wait; thief refreshes",
    "elsewhere, owner refreshes; owner uses; thief refreshes",
    "here,      owner refreshes; owner uses; wait; thief refreshes",
    "elsewhere, owner refreshes; thief refreshes; owner uses; owner refreshes",
    "elsewhere, owner refreshes; thief refreshes; thief uses; owner refreshes",
    "here,      owner refreshes; wait; thief refreshes; owner refreshes",
    "elsewhere, owner loses the answer; thief refreshes; owner refreshes; thief refreshes"
  })
  void hide_no_thief_at_the_second_use(String network, String steps) {
    var owner = owner();
    var thief =
        new Holder(network.equals("here") ? owner.api : api.from(ELSEWHERE), owner.refreshToken);
    for (var step : steps.split("; ", -1)) {
      assertThat(recorded("reuse_detected")).as("before: %s", step).isZero();
      take(step, owner, thief);
    }

    assertThat(recorded("reuse_detected")).isEqualTo(1);
    assertThat(owner.refresh().verdict()).isEqualTo("400 invalid_grant");
    assertThat(thief.refresh().verdict()).isEqualTo("400 invalid_grant");
  }

  private Holder owner() {
    var home = api.from("2001:db8:3::1");
    return new Holder(home, home.link("owner-" + UUID.randomUUID()).text("refresh_token"));
  }

  private void take(String step, Holder owner, Holder thief) {
    var party = step.startsWith("owner") ? owner : thief;
    switch (step.substring(step.indexOf(' ') + 1)) {
      case "refreshes" -> party.keep(party.refresh());
      case "loses the answer" -> party.refresh();
      case "uses" -> party.use();
      default -> clock.advance(Refresh.GRACE);
    }
  }

  /// A risk that remains, docs/threats.md.
  @Test
  void hide_a_thief_in_the_owners_network_who_repeats_every_refresh_at_once() {
    var owner = owner();
    var thief = new Holder(owner.api, owner.refreshToken);
    for (int refresh = 0; refresh < REFRESHES; refresh++) {
      owner.keep(owner.refresh());
      thief.keep(thief.refresh());
      owner.use();
      clock.advance(Duration.ofHours(1));
    }

    assertThat(thief.refreshToken).isEqualTo(owner.refreshToken);
    assertThat(recorded("reuse_detected")).isZero();
  }
}
