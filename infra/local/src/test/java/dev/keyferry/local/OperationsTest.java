package dev.keyferry.local;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Wire.Fate;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The alarms and the dashboard: each looks at something that is really there.
class OperationsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern FIELD = Pattern.compile("\\$\\.(\\w+)");
  private static final Pattern EVENT = Pattern.compile("'([a-z_]+)'");

  /// Of AWS's own metrics those that are used, with their dimensions, as AWS documents them.
  private static final Map<String, Set<String>> OF_AWS =
      Map.of(
          "AWS/Lambda FunctionName", Set.of("Errors", "Invocations", "Duration", "Throttles"),
          "AWS/Lambda ", Set.of("Throttles"),
          "AWS/ApiGateway ApiId", Set.of("Count", "4xx", "5xx", "Latency"),
          "AWS/DynamoDB TableName",
              Set.of(
                  "ReadThrottleEvents",
                  "WriteThrottleEvents",
                  "ConsumedReadCapacityUnits",
                  "ConsumedWriteCapacityUnits"),
          "AWS/Logs LogGroupName", Set.of("IncomingBytes"));

  private final Template main = new Template(Shared.ROOT.resolve("template.yaml"), Map.of());
  private final Template operations;

  OperationsTest() throws IOException {
    var given = main.properties("Operations").path("Parameters");
    operations =
        new Template(
            Shared.ROOT.resolve("infra/operations.yaml"),
            given
                .propertyStream()
                .collect(toMap(Map.Entry::getKey, value -> value.getValue().asText())));
  }

  /// @param dimensions their names and values
  private record Metric(String namespace, String name, Map<String, String> dimensions) {}

  private Stream<Template> templates() {
    return Stream.of(main, operations);
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
            metric.namespace() + " " + String.join(" ", metric.dimensions().keySet()), Set.of())
        .contains(metric.name());
  }

  @Test
  void every_metric_that_is_looked_at_is_one_that_keyferry_or_aws_emits() throws IOException {
    var emitted = new HashSet<>(counted());
    events().forEach(emitted::add);

    assertThat(ofAlarms()).hasSizeGreaterThan(12);
    assertThat(ofDashboard()).hasSizeGreaterThan(20);
    assertThat(Stream.concat(ofAlarms(), ofDashboard()))
        .allMatch(metric -> emitted.contains(metric) || isOfAws(metric));
  }

  @Test
  void every_metric_that_a_filter_counts_is_looked_at() {
    assertThat(ofAlarms().toList()).containsAll(counted());
  }

  /// `AWS::StackName` is what stands for the stack's name above.
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
  void what_kms_fails_at_is_what_the_filters_look_for() {
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

  /// While the old subkeys still serve, nobody else would notice.
  @Test
  void the_filters_find_a_renewal_that_failed_although_every_request_was_answered() {
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
    var patterns =
        all("AWS::Logs::MetricFilter")
            .filter(filter -> filter.toString().contains("hashing_failures"))
            .map(filter -> filter.path("FilterPattern").asText())
            .toList();
    assertThat(patterns).hasSize(3).containsOnly(patterns.getFirst());
    var terms =
        QUOTED.matcher(patterns.getFirst()).results().map(result -> result.group(1)).toList();
    assertThat(terms).hasSize(2);
    return terms;
  }

  @Test
  void what_filters_look_for_in_the_access_log_is_written_there_and_no_path_or_query()
      throws IOException {
    var format = main.properties("HttpApi").at("/AccessLogSettings/Format").asText();
    var fields =
        JSON.readTree(
            format.replace(":$context.status", ":200").replace(":$context.responseLatency", ":1"));
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

  @Test
  void what_the_dashboard_asks_logs_for_is_in_them() throws IOException {
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
  void every_alarm_tells_somebody_and_is_explained() throws IOException {
    var explained = Files.readString(Shared.ROOT.resolve("docs/operations.md"));

    assertThat(templates().flatMap(template -> template.idsOf("AWS::CloudWatch::Alarm")))
        .hasSize(12)
        .allSatisfy(alarm -> assertThat(explained).contains("| `" + alarm + "` |"));
    assertThat(all("AWS::CloudWatch::Alarm"))
        .allSatisfy(alarm -> {
          assertThat(TemplateTest.texts(alarm.path("AlarmActions"))).containsExactly("AlarmTopic");
          assertThat(alarm.path("AlarmDescription").asText()).contains("AWS::StackName");
          assertThat(alarm.path("TreatMissingData").asText()).isEqualTo("notBreaching");
        });
  }

  @Test
  void a_deployment_is_rolled_back_by_alarms_that_are_there() {
    var preference = main.section("Globals").at("/Function/DeploymentPreference");

    assertThat(main.idsOf("AWS::CloudWatch::Alarm"))
        .containsExactlyInAnyOrderElementsOf(
            TemplateTest.texts(preference.path("Alarms")).toList());
  }
}
