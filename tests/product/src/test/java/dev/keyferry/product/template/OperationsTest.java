package dev.keyferry.product.template;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Template;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests that the alarms and the dashboard watch only what exists.
class OperationsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CANARY = "Canary10Percent5Minutes";
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern FIELD = Pattern.compile("\\$\\.(\\w+)");
  private static final Pattern EVENT = Pattern.compile("'([a-z_]+)'");
  private static final Pattern OUT = Pattern.compile("\\$\\(out (\\w+)\\)");
  private static final Pattern FN = Pattern.compile("(?:\\$\\(fn|for f in) (\\w+(?: \\w+)*)[);]");

  /// The metrics of AWS that are used, with their dimensions, as AWS documents them.
  private static final Map<String, Set<String>> OF_AWS =
      Map.of(
          "AWS/Lambda FunctionName", Set.of("Errors", "Invocations", "Duration", "Throttles"),
          "AWS/Lambda FunctionName Resource", Set.of("Errors", "Duration"),
          "AWS/Lambda ", Set.of("Throttles"),
          "AWS/Events RuleName", Set.of("FailedInvocations"),
          "AWS/ApiGateway ApiId", Set.of("Count", "4xx", "5xx", "Latency"),
          "AWS/DynamoDB TableName",
              Set.of(
                  "ReadThrottleEvents",
                  "WriteThrottleEvents",
                  "ConsumedReadCapacityUnits",
                  "ConsumedWriteCapacityUnits"),
          "AWS/DynamoDB GlobalSecondaryIndexName TableName",
              Set.of("ReadThrottleEvents", "WriteThrottleEvents"),
          "AWS/Logs LogGroupName", Set.of("IncomingBytes"));

  /// The values that API Gateway itself writes into a line, as AWS documents the access log
  /// variables of HTTP APIs. It writes `-` for a value that a request does not have.
  private static final Map<String, String> OWN =
      Map.of(
          "$context.requestId", "JKJaXmPLvHcESHA=",
          "$context.identity.sourceIp", "2001:db8::1",
          "$context.routeKey", "GET /device/{version}/{asset}",
          "$context.status", "503",
          "$context.responseLatency", "29",
          "$context.integrationStatus", "200",
          "$context.integrationLatency", "25",
          "$context.error.responseType", "INTEGRATION_FAILURE");

  private static final Pattern VARIABLE = Pattern.compile("\\$context(\\.\\w+)+");

  private final Template main = TemplateTest.template(Map.of());
  private final Template operations = nested(main, "Operations");
  private final Template canaries = TemplateTest.template(Map.of("Rollout", CANARY));
  private final Template canary = nested(canaries, "PollCanary");

  OperationsTest() throws IOException {}

  private static Template nested(Template template, String stack) throws IOException {
    var properties = template.properties(stack);
    return new Template(
        Shared.ROOT.resolve(properties.path("TemplateURL").asText()),
        properties
            .path("Parameters")
            .propertyStream()
            .collect(toMap(Map.Entry::getKey, value -> value.getValue().asText())));
  }

  /// @param dimensions their names and values
  private record Metric(String namespace, String name, Map<String, String> dimensions) {}

  private Stream<Template> templates() {
    return Stream.of(main, operations, canary);
  }

  private Stream<JsonNode> all(String type) {
    return templates().flatMap(template -> template.idsOf(type).map(template::properties));
  }

  private static Stream<JsonNode> metricsOf(JsonNode alarm) {
    return alarm.has("Metrics")
        ? alarm.path("Metrics").valueStream().map(metric -> metric.at("/MetricStat/Metric"))
        : Stream.of(alarm);
  }

  private Stream<Metric> ofAlarms() {
    return all("AWS::CloudWatch::Alarm")
        .flatMap(OperationsTest::metricsOf)
        .filter(metric -> metric.has("MetricName"))
        .map(metric ->
            new Metric(
                metric.path("Namespace").asText(),
                metric.path("MetricName").asText(),
                metric
                    .path("Dimensions")
                    .valueStream()
                    .collect(
                        toMap(
                            dimension -> dimension.path("Name").asText(),
                            dimension -> dimension.path("Value").asText()))));
  }

  private JsonNode widgets() throws IOException {
    return JSON.readTree(operations.properties("Board").path("DashboardBody").asText())
        .path("widgets");
  }

  /// A widget spells a metric as one list: namespace, name, and each dimension's name and value.
  private Stream<Metric> ofDashboard() throws IOException {
    return widgets()
        .valueStream()
        .flatMap(widget -> widget.at("/properties/metrics").valueStream())
        .map(metric -> metric.valueStream().filter(JsonNode::isTextual).toList())
        .filter(texts -> !texts.isEmpty())
        .map(texts -> {
          var dimensions = new LinkedHashMap<String, String>();
          for (int name = 2; name < texts.size(); name += 2) {
            dimensions.put(texts.get(name).asText(), texts.get(name + 1).asText());
          }
          return new Metric(texts.getFirst().asText(), texts.get(1).asText(), dimensions);
        });
  }

  private Set<Metric> counted() {
    return all("AWS::Logs::MetricFilter")
        .flatMap(filter -> filter.path("MetricTransformations").valueStream())
        .map(metric ->
            new Metric(
                metric.path("MetricNamespace").asText(),
                metric.path("MetricName").asText(),
                Map.of()))
        .collect(toSet());
  }

  private static Stream<Metric> events() {
    return Arrays.stream(Kind.values())
        .map(kind -> new Metric("Keyferry", kind.toString(), Map.of("stack", "AWS::StackName")));
  }

  private static boolean isOfAws(Metric metric) {
    return OF_AWS
        .getOrDefault(
            metric.namespace()
                + " "
                + String.join(" ", new TreeSet<>(metric.dimensions().keySet())),
            Set.of())
        .contains(metric.name());
  }

  @Test
  void keyferry_or_aws_emits_every_watched_metric() throws IOException {
    var emitted = new HashSet<>(counted());
    events().forEach(emitted::add);

    assertThat(ofAlarms()).hasSizeGreaterThan(12);
    assertThat(ofDashboard()).hasSizeGreaterThan(20);
    assertThat(Stream.concat(ofAlarms(), ofDashboard()))
        .allMatch(metric -> emitted.contains(metric) || isOfAws(metric));
  }

  /// A table's own metric does not count requests that DynamoDB refuses on an index.
  @Test
  void the_alarm_on_throttles_watches_every_table_and_index() {
    var watched =
        main.idsOf("AWS::DynamoDB::Table")
            .flatMap(table ->
                Stream.concat(
                    Stream.of(Map.of("TableName", table)),
                    main.properties(table)
                        .path("GlobalSecondaryIndexes")
                        .valueStream()
                        .map(index -> index.path("IndexName").asText())
                        .map(index ->
                            Map.of("TableName", table, "GlobalSecondaryIndexName", index))))
            .flatMap(dimensions ->
                Stream.of("ReadThrottleEvents", "WriteThrottleEvents")
                    .map(name -> new Metric("AWS/DynamoDB", name, dimensions)))
            .toList();
    var alarm = operations.properties("TableThrottlesAlarm").path("Metrics");

    assertThat(watched).hasSize(6);
    assertThat(ofAlarms().toList()).containsAll(watched);
    assertThat(alarm.at("/0/Expression").asText().split(" \\+ "))
        .containsExactlyInAnyOrderElementsOf(
            alarm
                .valueStream()
                .skip(1)
                .map(metric -> "FILL(" + metric.path("Id").asText() + ", 0)")
                .toList());
  }

  /// An alarm tells the operator at once when someone disables the hash key or changes who may use
  /// it.
  @Test
  void a_threat_to_the_hash_key_raises_an_alarm() throws IOException {
    var rule = operations.properties("HashKeyThreatened");

    assertThat(rule.path("EventPattern"))
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "source": ["aws.kms"],
                  "detail-type": ["AWS API Call via CloudTrail"],
                  "detail": {
                    "eventName": [
                      "ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy", "ReplicateKey",
                      "UpdatePrimaryRegion"
                    ],
                    "resources": {"ARN": ["HashKey.Arn"]}
                  }
                }
                """));
    assertThat(rule.path("State").asText("ENABLED")).isEqualTo("ENABLED");
    assertThat(rule.path("Targets").valueStream())
        .singleElement()
        .satisfies(target -> assertThat(target.path("Arn").asText()).isEqualTo("AlarmTopic"));
    assertThat(operations.properties("TopicPolicy").at("/PolicyDocument/Statement").valueStream())
        .filteredOn(
            statement -> statement.at("/Principal/Service").asText().equals("events.amazonaws.com"))
        .singleElement()
        .satisfies(statement -> {
          assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
          assertThat(statement.path("Action").asText()).isEqualTo("sns:Publish");
          assertThat(statement.path("Resource").asText()).isEqualTo("AlarmTopic");
          // EventBridge sends no condition key to compare. With a condition, its requests would be
          // refused.
          assertThat(statement.has("Condition")).isFalse();
        });
    assertThat(ofAlarms())
        .contains(
            new Metric("AWS/Events", "FailedInvocations", Map.of("RuleName", "HashKeyThreatened")));
  }

  @Test
  void every_metric_that_a_filter_counts_is_watched() {
    assertThat(ofAlarms().toList()).containsAll(counted());
  }

  /// `AWS::StackName` stands for the stack's name above.
  @Test
  void an_event_counts_under_its_stacks_name() throws IOException {
    var lines = new ConcurrentLinkedQueue<String>();
    Shared.limited((_, connection) -> connection, Shared.CLOCK, lines::add).codes();

    var counted = JSON.readTree(lines.element());
    assertThat(counted.path("stack").asText()).isEqualTo("deployed");
    assertThat(counted.at("/_aws/CloudWatchMetrics/0").toString())
        .contains("\"Namespace\":\"Keyferry\"", "\"Dimensions\":[[\"stack\"]]");
  }

  @Test
  void the_filters_match_the_log_lines_of_kms_failures() {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    var wire = new Wire();
    wire.follow(
        (_, attempt) -> attempt.operation().equals("GenerateMac") ? Fate.LOST : Fate.ARRIVES);
    var api = Shared.limited(wire, Shared.CLOCK, lines::add);
    assertThat(api.authorize(Map.of("client_id", "cli")).status()).isEqualTo(503);

    assertThat(lines).anySatisfy(line -> assertThat(line).contains(termsOfHashingFailures()));

    lines.clear();
    wire.follow((_, attempt) -> attempt.operation().equals("PutItem") ? Fate.LOST : Fate.ARRIVES);
    assertThat(api.authorize(Map.of("client_id", "cli")).status()).isEqualTo(503);
    assertThat(lines)
        .anyMatch(line -> line.contains("outage"))
        .noneMatch(line -> line.contains("KmsKeyHasher"));
  }

  /// While the old subkeys still work, nothing else shows the failure.
  @Test
  void the_filters_find_a_failed_renewal_even_if_every_request_succeeded() {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    var wire = new Wire();
    var clock = new TestClock(Shared.CLOCK.instant());
    var api = Shared.limited(wire, clock, lines::add).from("198.51.100.251");
    assertThat(api.authorize().status()).isEqualTo(200);
    wire.follow(
        (_, attempt) -> attempt.operation().equals("GenerateMac") ? Fate.LOST : Fate.ARRIVES);
    clock.advance(Duration.ofMinutes(16));
    lines.clear();

    assertThat(api.authorize().status()).isEqualTo(200);

    assertThat(lines).anySatisfy(line -> assertThat(line).contains(termsOfHashingFailures()));
  }

  private List<String> termsOfHashingFailures() {
    var filter =
        all("AWS::Logs::MetricFilter")
            .filter(each -> each.toString().contains("hashing_failures"))
            .toList();
    assertThat(filter).hasSize(1);
    assertThat(filter.getFirst().path("LogGroupName").asText()).isEqualTo("FunctionLog");
    var pattern = filter.getFirst().path("FilterPattern").asText();
    var terms = QUOTED.matcher(pattern).results().map(result -> result.group(1)).toList();
    assertThat(terms).hasSize(2);
    return terms;
  }

  @Test
  void the_access_log_has_the_fields_that_filters_match_and_no_path_or_query() throws IOException {
    var format = accessLogFormat();
    var fields = JSON.readTree(VARIABLE.matcher(format).replaceAll("200"));
    var filters =
        all("AWS::Logs::MetricFilter")
            .filter(filter -> filter.path("LogGroupName").asText().equals("AccessLog"))
            .map(filter -> filter.path("FilterPattern").asText())
            .toList();

    assertThat(filters).hasSize(2);
    assertThat(filters.stream().flatMap(filter -> FIELD.matcher(filter).results()))
        .extracting(MatchResult::group)
        .allMatch(field -> fields.has(field.substring(2)));
    assertThat(format).doesNotContainIgnoringCase("path").doesNotContainIgnoringCase("query");
  }

  /// API Gateway escapes nothing, and filters and queries skip a line that is not JSON.
  @Test
  void a_line_of_the_access_log_parses_whatever_its_message_contains() throws IOException {
    var format = accessLogFormat();

    var full = JSON.readTree(line(format, variable -> OWN.getOrDefault(variable, "say \"no\"\\")));
    assertThat(full.valueStream().map(JsonNode::asText))
        .containsExactlyInAnyOrderElementsOf(OWN.values());
    // The status is compared as a number.
    assertThat(full.path("status").isNumber()).isTrue();
    var bare = JSON.readTree(line(format, name -> name.endsWith(".status") ? "404" : "-"));
    assertThat(bare.size()).isEqualTo(full.size());
    assertThat(main.routes())
        .noneMatch(route -> (route.method() + route.path()).matches(".*[\"\\\\].*"));
  }

  private static String line(String format, UnaryOperator<String> values) {
    return VARIABLE
        .matcher(format)
        .replaceAll(found -> Matcher.quoteReplacement(values.apply(found.group())));
  }

  private String accessLogFormat() {
    return main.properties("HttpApi").at("/AccessLogSettings/Format").asText();
  }

  /// Dashboards are global to an account.
  @Test
  void a_stack_of_the_same_name_elsewhere_has_a_dashboard_of_its_own() {
    assertThat(operations.properties("Board").path("DashboardName").asText())
        .isEqualTo("AWS::StackName-AWS::Region");
  }

  @Test
  void the_logs_have_the_fields_that_the_dashboard_queries() throws IOException {
    var queries =
        widgets()
            .valueStream()
            .map(widget -> widget.at("/properties/query").asText())
            .filter(query -> !query.isEmpty())
            .toList();
    var kinds = Arrays.stream(Kind.values()).map(Kind::toString).collect(toSet());

    assertThat(queries)
        .hasSize(2)
        .allSatisfy(query -> {
          var parts = new ArrayList<>(List.of(query.split(" \\| ")));
          parts.removeIf(part -> part.startsWith("SOURCE"));
          assertThat(EVENT.matcher(String.join(" ", parts)).results())
              .isNotEmpty()
              .allMatch(event -> kinds.contains(event.group(1)));
          assertThat(query).contains("by grant_id");
        });
  }

  @Test
  void every_alarm_notifies_a_topic_and_is_documented() throws IOException {
    var explained = Files.readString(Shared.ROOT.resolve("docs/operations.md"));

    assertThat(templates().flatMap(template -> template.idsOf("AWS::CloudWatch::Alarm")))
        .hasSize(16)
        .allSatisfy(alarm -> assertThat(explained).contains("| `" + alarm + "` |"));
    assertThat(all("AWS::CloudWatch::Alarm"))
        .allSatisfy(alarm -> {
          assertThat(TemplateTest.texts(alarm.path("AlarmActions"))).containsExactly("AlarmTopic");
          // Functions' names begin with the stack's.
          assertThat(alarm.path("AlarmDescription").asText())
              .containsAnyOf("AWS::StackName", "PollFunction");
          assertThat(alarm.path("TreatMissingData").asText()).isEqualTo("notBreaching");
        });
  }

  @Test
  void a_canary_is_rolled_back_by_the_stacks_alarms_and_by_its_aliass_own() {
    assertThat(canaries.functions())
        .allSatisfy(function -> {
          var own = function.id().replaceFirst("Function$", "Canary");
          assertThat(alarmsOf(canaries, function))
              .containsExactlyInAnyOrder(
                  "ServerErrorsAlarm",
                  "AuthorizerErrorsAlarm",
                  own + ".Outputs.Errors",
                  own + ".Outputs.Slow");
          assertThat(canaries.properties(own).at("/Parameters/Function").asText())
              .isEqualTo(function.id());
        });
    assertThat(main.idsOf("AWS::CloudWatch::Alarm"))
        .containsExactlyInAnyOrder("ServerErrorsAlarm", "AuthorizerErrorsAlarm");
  }

  @Test
  void the_alarms_of_an_alias_watch_its_errors_and_its_latency() throws IOException {
    var alias = main.section("Globals").at("/Function/AutoPublishAlias").asText();
    var watched = Map.of("FunctionName", "PollFunction", "Resource", "PollFunction:" + alias);

    assertThat(canary.section("Outputs").valueStream().map(put -> put.path("Value").asText()))
        .containsExactlyInAnyOrderElementsOf(canary.idsOf("AWS::CloudWatch::Alarm").toList());
    assertThat(ofAlarms())
        .contains(
            new Metric("AWS/Lambda", "Errors", watched),
            new Metric("AWS/Lambda", "Duration", watched));
  }

  /// CodeDeploy deploys nothing while an alarm of its group is in alarm. An all-at-once rollout has
  /// no use for the alarms, so it does not pay for them.
  @Test
  void an_all_at_once_rollout_proceeds_during_an_alarm() {
    assertThat(main.functions())
        .allSatisfy(function -> assertThat(alarmsOf(main, function)).isEmpty());
    assertThat(main.idsOf("AWS::CloudFormation::Stack")).doesNotContain("PollCanary").hasSize(2);
  }

  private static List<String> alarmsOf(Template template, Template.Function function) {
    var alarms = template.properties(function.id()).at("/DeploymentPreference/Alarms");
    // The list is empty, because CodeDeploy keeps the old one if it is left out.
    assertThat(alarms.isArray()).isTrue();
    return TemplateTest.texts(alarms).toList();
  }

  @Test
  void the_operator_chooses_the_rollout() {
    assertThat(canaries.section("Globals").at("/Function/DeploymentPreference/Type").asText())
        .isEqualTo(CANARY);
    assertThat(main.section("Globals").at("/Function/DeploymentPreference/Type").asText())
        .isEqualTo("AllAtOnce");
  }

  /// The person on call pastes these commands.
  @Test
  void the_stack_has_the_outputs_and_resources_that_the_runbook_uses() throws IOException {
    var runbook = Files.readString(Shared.ROOT.resolve("docs/operations.md"));
    var whole =
        TemplateTest.template(
            Map.of("CertificateArn", "certificate", "PublicUrl", "https://login.example.com"));

    assertThat(OUT.matcher(runbook).results())
        .hasSizeGreaterThan(10)
        .allMatch(asked -> whole.section("Outputs").has(asked.group(1)));
    assertThat(FN.matcher(runbook).results())
        .hasSizeGreaterThan(3)
        .flatExtracting(asked -> List.of(asked.group(1).split(" ")))
        .allMatch(asked -> whole.section("Resources").has(asked.toString()));
  }
}
