package dev.keyferry.product.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Audit;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Template;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.browser.PageTest;
import dev.keyferry.product.template.Meter.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Measures the AWS requests of each step, and writes `docs/cost.md` from them.
class CostTest {
  private static final Path PAGE = Shared.ROOT.resolve("docs/cost.md");
  private static final Path WORDS = Path.of("src/test/resources/cost.md");
  private static final Path FILLED = Path.of("target/cost.md");
  private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z_]+)}");

  private static final int INTERVAL = 5;
  private static final int CODE_LIFETIME = 600;

  /// The load of the calculated example: logins per second, each approved after this many seconds,
  /// and verifications per second.
  private static final int LOGINS = 1_000;

  private static final int SECONDS_TO_APPROVE = 30;
  private static final int VERIFICATIONS = 10_000;

  /// The share of a key's thousand verifications per month that are the first of their hour: 160.
  private static final double HOURS_FIRST = 0.16;

  private static final int FUNCTIONS = Shared.stack().template().functions().size();
  private static final double PARTITION_WRITES = 1_000;
  private static final double PARTITION_READS = 3_000;

  /// The seconds after which an environment derives its subkeys again.
  private static final int SUBKEYS_LIVE = 900;

  private final Meter meter = new Meter();
  private final List<String> log = new ArrayList<>();

  /// Stands still, so that the steps fall into one window of each limit and one hour of use.
  private final TestClock clock =
      new TestClock(
          Shared.CLOCK.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(1)));

  private final DirectApi api = Shared.limited(meter, clock, log::add).from("198.51.100.250");
  private final Map<String, PricedStep> steps = new LinkedHashMap<>();

  @Test
  void the_page_on_cost_matches_the_measurements() throws IOException {
    walk();
    var cold = Map.copyOf(steps);
    walk();
    assertThat(steps.values()).allSatisfy(step -> assertThat(step.usage().macs()).isZero());

    var page = filled(Files.readString(WORDS), values(cold));
    Files.writeString(FILLED, page);

    assertThat(Files.readString(PAGE))
        .as("review the changes, then run: cp tests/product/target/cost.md docs/cost.md")
        .isEqualTo(page);
  }

  private void walk() {
    var page = new PricedStep(1, 1, Usage.NONE, 0);
    steps.put("the page, all its files", page.times(PageTest.LOADS));
    var codes = step("authorize", () -> api.authorize(Api.OFFLINE));
    var deviceCode = codes.text("device_code");
    var userCode = codes.text("user_code");
    step("a poll, pending", () -> api.poll(deviceCode));
    var screen = step("claim", () -> api.claim("sue", userCode));
    step("approve", () -> api.approve("sue", userCode, screen.text("approval_nonce")));
    var tokens = step("the poll that gets the key", () -> api.poll(deviceCode));
    step("a refresh", () -> api.refresh(tokens.text("refresh_token")));
    var login = step("browser: claim", () -> api.claimLogin("sue", Api.browserLogin()));
    var nonce = login.text("approval_nonce");
    var approved = step("browser: approve", () -> api.approveLogin("sue", nonce, Map.of()));
    var key = step("browser: redeem", () -> api.redeem(approved.redirected("code")));
    // The caller is an API elsewhere. Its own requests and functions are not part of Keyferry's
    // cost.
    var token = key.text("access_token");
    step("the hour's first verification", 0, () -> api.whoami(token));
    step("a verification", 0, () -> api.whoami(token));
  }

  private Reply step(String name, Supplier<Reply> request) {
    return step(name, 1, request);
  }

  private Reply step(String name, int requests, Supplier<Reply> request) {
    meter.take();
    log.clear();
    var reply = request.get();
    var logged = log.stream().mapToInt(line -> line.getBytes(UTF_8).length + 1).sum();
    steps.put(name, new PricedStep(requests, 1, meter.take(), logged));
    return reply;
  }

  private PricedStep sum(String... names) {
    return Stream.of(names)
        .map(name -> Optional.ofNullable(steps.get(name)).orElseThrow())
        .reduce(PricedStep.NONE, PricedStep::plus);
  }

  private PricedStep login(int secondsToApprove) {
    return sum("authorize", "the page, all its files", "claim", "approve")
        .plus(sum("the poll that gets the key"))
        .plus(sum("a poll, pending").times(secondsToApprove / INTERVAL));
  }

  private Map<String, String> values(Map<String, PricedStep> cold) throws IOException {
    var values = new HashMap<String, String>();
    values.put("steps", rows(steps));
    var logins = new LinkedHashMap<String, PricedStep>();
    for (var seconds : List.of(10, SECONDS_TO_APPROVE, 60, 300)) {
      logins.put("device, approved after %d s".formatted(seconds), login(seconds));
    }
    logins.put(
        "device, never approved",
        sum("authorize").plus(sum("a poll, pending").times(CODE_LIFETIME / INTERVAL)));
    logins.put(
        "browser",
        sum("the page, all its files", "browser: claim", "browser: approve", "browser: redeem"));
    values.put("logins", rows(logins));
    values.put("loads", Integer.toString(PageTest.LOADS));
    month(values);
    scale(values, cold);
    return values;
  }

  /// Ten thousand people, with four logins and a thousand verifications each, in this many hours.
  private void month(Map<String, String> values) throws IOException {
    var logins = 0.04 * login(SECONDS_TO_APPROVE).dollars();
    var verifications =
        10
            * (HOURS_FIRST * sum("the hour's first verification").dollars()
                + (1 - HOURS_FIRST) * sum("a verification").dollars());
    var templates = List.of(template("template.yaml"), template("infra/operations.yaml"));
    var alarms = templates.stream().mapToLong(CostTest::alarmedMetrics).sum();
    var metrics =
        Audit.Kind.values().length
            + templates.stream()
                .mapToLong(each -> each.idsOf("AWS::Logs::MetricFilter").count())
                .sum();
    var fixed = 1.00 + 0.10 * alarms + 0.30 * metrics + 3.00;
    values.put("alarms", Long.toString(alarms));
    values.put("metrics", Long.toString(metrics));
    values.put("hours", Long.toString(Math.round(1_000 * HOURS_FIRST)));
    values.put("month_fixed", dollars(fixed));
    values.put("month_logins", dollars(logins));
    values.put("month_verifications", dollars(verifications));
    values.put("month", dollars(fixed + logins + verifications));
  }

  private static Template template(String file) throws IOException {
    return new Template(Shared.ROOT.resolve(file), Map.of());
  }

  /// The billed part of alarms: each metric that an alarm watches.
  private static long alarmedMetrics(Template template) {
    return template
        .idsOf("AWS::CloudWatch::Alarm")
        .map(template::properties)
        .mapToLong(alarm ->
            alarm.has("Metrics")
                ? alarm.path("Metrics").valueStream().filter(each -> each.has("MetricStat")).count()
                : 1)
        .sum();
  }

  private void scale(Map<String, String> values, Map<String, PricedStep> cold) {
    var login = login(SECONDS_TO_APPROVE);
    var first = sum("the hour's first verification");
    var verification = sum("a verification");
    // With more keys than an environment remembers, a verification reads the key and then the
    // subject.
    var verifying =
        VERIFICATIONS
            * (HOURS_FIRST * first.seconds()
                + (1 - HOURS_FIRST) * (verification.seconds() + PricedStep.CALL_MILLIS / 1_000.0));
    var grants = LOGINS * writes(login, Tables.GRANTS);
    var keys =
        LOGINS * writes(login, Tables.KEYS)
            + VERIFICATIONS * HOURS_FIRST * writes(first, Tables.KEYS);
    var reads = VERIFICATIONS * verification.usage().reads();
    var environments = LOGINS * login.seconds() + verifying;
    var subkeys =
        Stream.of("a poll, pending", "the poll that gets the key", "a refresh", "browser: redeem")
            .mapToInt(name -> Optional.ofNullable(cold.get(name)).orElseThrow().usage().macs())
            .sum();
    values.put("requests", number(LOGINS * login.requests()));
    values.put("page_requests", number(LOGINS * PageTest.LOADS));
    values.put("grant_writes", number(grants));
    values.put("grant_partitions", number(Math.ceil(grants / PARTITION_WRITES)));
    values.put("key_writes", number(keys));
    values.put("key_partitions", number(Math.ceil(keys / PARTITION_WRITES)));
    values.put("reads", number(reads));
    values.put("read_partitions", number(Math.ceil(reads / PARTITION_READS)));
    values.put("environments", number(environments));
    values.put("verifying", number(verifying));
    values.put("quota", number(FUNCTIONS * verifying + 100));
    values.put("subkeys", Integer.toString(subkeys));
    values.put("macs", number(Math.ceil(environments * subkeys / SUBKEYS_LIVE)));
    values.put("login_hour", dollars(0.0036 * LOGINS * login.dollars()));
    values.put(
        "verification_hour",
        dollars(
            0.0036
                * VERIFICATIONS
                * (HOURS_FIRST * first.dollars() + (1 - HOURS_FIRST) * verification.dollars())));
  }

  private static double writes(PricedStep step, String table) {
    return step.usage().writes().getOrDefault(table, 0.0);
  }

  private static String rows(Map<String, PricedStep> steps) {
    return steps.entrySet().stream()
        .map(step -> row(step.getKey(), step.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String row(String name, PricedStep step) {
    var usage = step.usage();
    return Stream.of(
            name,
            number(step.requests()),
            number(step.invocations()),
            number(usage.requests()),
            number(usage.reads()),
            number(usage.allWrites()),
            dollars(step.dollars()))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.1f", value);
  }

  private static String dollars(double value) {
    return String.format(Locale.ROOT, "%,.2f", value);
  }

  private static String filled(String words, Map<String, String> values) {
    var page =
        PLACE
            .matcher(words)
            .replaceAll(place ->
                Matcher.quoteReplacement(
                    Optional.ofNullable(values.remove(place.group(1))).orElseThrow()));
    assertThat(values).as("measured but not used").isEmpty();
    return page;
  }
}
