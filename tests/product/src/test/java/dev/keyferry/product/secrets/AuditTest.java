package dev.keyferry.product.secrets;

import static java.util.Collections.nCopies;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Refresh;
import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests of the audit events that docs/events.md describes.
class AuditTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.+?`) \\|");

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Wire wire = new Wire();
  private final TestClock clock =
      new TestClock(Shared.CLOCK.instant().truncatedTo(ChronoUnit.MILLIS));
  private final DirectApi api =
      Shared.limited(
              wire,
              clock,
              line -> {
                lines.add(line);
                Secrets.LOG.add(line);
              })
          .from("2001:db8:a:d::17");
  private final String user = "audited-" + UUID.randomUUID();

  private List<JsonNode> events() {
    return lines.stream().map(AuditTest::json).toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a line that is no JSON: " + line, e);
    }
  }

  private List<String> names() {
    return events().stream().map(event -> event.path("event").asText()).toList();
  }

  /// The only event since the last read, without the fields that all events have.
  private Map<String, String> only(String name) {
    assertThat(names()).containsExactly(name);
    var event = events().getFirst();
    lines.clear();
    return event
        .propertyStream()
        .filter(member -> member.getValue().isTextual())
        .filter(
            member -> !List.of("event", "stack", "request_id", "address").contains(member.getKey()))
        .collect(toMap(Map.Entry::getKey, member -> member.getValue().asText()));
  }

  private static String grantOf(Api.Codes codes) {
    return DeviceCode.parse(codes.deviceCode()).orElseThrow().locator().value();
  }

  private String keyOf(Reply token) {
    return token.text("access_token").substring(3, 19);
  }

  /// A login of a device with `offline_access`, whose events are discarded.
  private Reply link() {
    var linked = api.link(user);
    lines.clear();
    return linked;
  }

  @Test
  void a_login_is_authorized_claimed_approved_and_minted() {
    var codes = api.codes();
    var grant = Map.of("grant_id", grantOf(codes), "client_id", "cli");
    var ofUser = Map.of("grant_id", grantOf(codes), "client_id", "cli", "subject", user);
    assertThat(only("authorized")).isEqualTo(grant);

    api.poll(codes.deviceCode());
    api.poll(codes.deviceCode());
    assertThat(lines).as("pending is not a decision").isEmpty();

    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    assertThat(only("claimed")).isEqualTo(ofUser);
    api.approve(user, codes.userCode(), nonce);
    assertThat(only("approved")).isEqualTo(ofUser);

    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var token = api.poll(codes.deviceCode(), Map.of(), samePoll);
    assertThat(only("minted"))
        .containsAllEntriesOf(ofUser)
        .containsEntry("key_id", keyOf(token))
        .hasSize(4);
    api.poll(codes.deviceCode(), Map.of(), samePoll);
    assertThat(only("redelivered"))
        .containsAllEntriesOf(ofUser)
        .containsEntry("key_id", keyOf(token));
    api.poll(codes.deviceCode());
    assertThat(only("replay_refused")).isEqualTo(ofUser);
  }

  @Test
  void a_denial_is_recorded_and_so_is_the_claim_of_a_code_that_does_not_exist() {
    var codes = api.codes();
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    lines.clear();

    api.deny(user, codes.userCode(), nonce);
    assertThat(only("denied"))
        .isEqualTo(Map.of("grant_id", grantOf(codes), "client_id", "cli", "subject", user));
    api.claim(user, codes.userCode());
    assertThat(only("claim_refused")).isEqualTo(Map.of("subject", user));
    api.claim(user, "nonsense");
    assertThat(only("claim_refused")).isEqualTo(Map.of("subject", user));
  }

  @Test
  void somebody_elses_code_is_reported() {
    var codes = api.codes();
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    lines.clear();

    api.json(
        "/oauth/device/deny",
        user,
        Map.of("user_code", codes.userCode(), "approval_nonce", nonce, "report", true));

    assertThat(only("reported"))
        .isEqualTo(Map.of("grant_id", grantOf(codes), "client_id", "cli", "subject", user));
  }

  @Test
  void each_wrong_number_is_refused_once() {
    var codes = api.codes(Api.CAREFUL);
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    var number = api.approve(user, codes.userCode(), nonce).text("confirmation");
    var careful = Map.of("client_id", "careful");
    lines.clear();
    api.poll(codes.deviceCode(), careful, Map.of());
    assertThat(lines).as("pending is not a decision").isEmpty();

    for (int step = 1; step <= 3; step++) {
      for (int i = 0; i < 2; i++) {
        api.enter(codes.deviceCode(), Api.beside(number, step), careful);
      }
      assertThat(only("confirmation_refused"))
          .isEqualTo(Map.of("grant_id", grantOf(codes), "client_id", "careful", "subject", user));
    }
  }

  @Test
  void a_device_is_refreshed_and_its_reuse_detected() {
    var first = link();
    var ofKey = Map.of("key_id", keyOf(first), "client_id", "cli", "subject", user);

    var once = Map.of("idempotency-key", UUID.randomUUID().toString());
    var second = api.refresh(first.text("refresh_token"), once);
    assertThat(only("refreshed")).isEqualTo(ofKey);
    api.refresh(first.text("refresh_token"), once);
    assertThat(only("redelivered")).isEqualTo(ofKey);
    api.whoami(second.text("access_token"));
    api.refresh(first.text("refresh_token"));
    assertThat(only("replay_refused")).isEqualTo(ofKey);
    api.refresh(second.text("refresh_token"));
    lines.clear();
    api.refresh(first.text("refresh_token"));
    assertThat(only("reuse_detected")).isEqualTo(ofKey);
    api.refresh(second.text("refresh_token"));
    assertThat(lines).as("a token of a revoked key").isEmpty();
  }

  @Test
  void a_reuse_is_recorded_even_if_its_outcome_stays_unknown() {
    var first = link();
    api.whoami(api.refresh(first.text("refresh_token")).text("access_token"));
    clock.advance(Refresh.GRACE);
    lines.clear();
    wire.follow((_, attempt) ->
        switch (attempt.operation()) {
          case "UpdateItem" -> Fate.ANSWER_LOST;
          case "GetItem" -> Fate.LOST;
          default -> Fate.ARRIVES;
        });

    assertThat(api.refresh(first.text("refresh_token")).status()).isEqualTo(503);

    assertThat(Tables.keyRowsOf(user).getFirst()).containsKey("revoked_at");
    assertThat(lines).hasSize(2);
    assertThat(lines).element(0).asString().contains("\"event\":\"reuse_detected\"");
    assertThat(lines).element(1).asString().contains("\"event\":\"outage\"");
  }

  @Test
  void a_repeated_revocation_is_recorded_once() {
    var byClient = link();
    for (int i = 0; i < 2; i++) {
      api.revoke(byClient.text("access_token"));
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(only("revoked"))
        .isEqualTo(
            Map.of("key_id", keyOf(byClient), "client_id", "cli", "subject", user, "by", "client"));

    var byOwner = link();
    for (int i = 0; i < 2; i++) {
      api.revokeKey(user, keyOf(byOwner));
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(only("revoked"))
        .containsEntry("by", "owner")
        .containsEntry("key_id", keyOf(byOwner));

    api.revokeKey("somebody-else", keyOf(byOwner));
    api.revoke("kf_nonsense");
    assertThat(lines).isEmpty();
  }

  @Test
  void a_subject_signs_out_and_is_disabled_and_enabled() {
    var codes = api.codes();
    api.grant(user, codes.userCode());
    lines.clear();

    api.signOut(user);
    assertThat(only("signed_out")).isEqualTo(Map.of("subject", user));
    api.poll(codes.deviceCode());
    assertThat(only("mint_refused"))
        .isEqualTo(Map.of("grant_id", grantOf(codes), "client_id", "cli", "subject", user));
    api.poll(codes.deviceCode());
    assertThat(lines).as("already denied").isEmpty();

    nCopies(2, "disable").forEach(this::operate);
    assertThat(only("subject_disabled")).isEqualTo(Map.of("subject", user));
    nCopies(2, "enable").forEach(this::operate);
    assertThat(only("subject_enabled")).isEqualTo(Map.of("subject", user));
    operate("sign_out");
    assertThat(only("signed_out")).isEqualTo(Map.of("subject", user));
  }

  /// A person who reads the log sees the subject that signed in, and no other.
  @Test
  void a_subject_cannot_change_how_its_event_looks() {
    var invisible =
        "\u00ad\u061c\u115f\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u3164\ufe0f\ufeff"
            + "\ue000\udb40\udc41";
    var hostile = "josé-山田-" + invisible + "gro.elpmaxe" + UUID.randomUUID();
    var codes = api.codes();
    lines.clear();

    api.claim(hostile, codes.userCode());

    var line = lines.element();
    assertThat(line)
        .contains("josé-山田-\\u00ad\\u061c", "\\u202e", "\\udb40\\udc41gro")
        .doesNotMatch("(?s).*[" + invisible + "].*");
    assertThat(events().getFirst().path("subject").asText()).isEqualTo(hostile);
  }

  private void operate(String action) {
    api.operate("SubjectFunction", Map.of("action", action, "subject", user));
  }

  @Test
  void a_limit_is_hit() {
    var elsewhere = api.from("2001:db8:a:e::17");
    nCopies(5, "AAAA-AAAA").forEach(code -> elsewhere.claim(user, code));
    lines.clear();
    elsewhere.claim(user, "AAAA-AAAA");
    assertThat(only("limit_hit")).isEqualTo(Map.of("limit", "wrong_code", "subject", user));

    nCopies(30, elsewhere).forEach(Api::authorize);
    lines.clear();
    elsewhere.authorize();
    assertThat(only("limit_hit")).isEqualTo(Map.of("limit", "authorize"));
  }

  @Test
  void the_operator_is_told_of_an_unreadable_row() {
    link();
    Tables.keyRowsOf(user)
        .forEach(row ->
            Tables.DYNAMO.updateItem(update ->
                update
                    .tableName(Tables.KEYS)
                    .key(Map.of("pk", row.getOrDefault("pk", AttributeValue.fromS(""))))
                    .updateExpression("REMOVE granted_scope")));

    assertThat(api.keys(user).status()).isEqualTo(200);
    assertThat(only("row_unreadable")).isEqualTo(Map.of("subject", user));
  }

  @Test
  void every_line_names_its_address_and_request() {
    var codes = api.codes();
    assertThat(events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.path("address").asText()).isEqualTo("2001:db8:a:d:0:0:0:17");
          assertThat(event.path("request_id").asText())
              .isEqualTo("request-of-/oauth/device/authorize");
        });
    lines.clear();
    operate("disable");
    operate("enable");

    assertThat(events()).hasSize(2).noneMatch(event -> event.has("address"));
    assertThat(codes.userCode()).isNotEmpty();
  }

  /// The specification defines the root node, the metadata and the metric directive.
  @Test
  void every_line_is_a_metric_in_the_embedded_format() {
    var now = clock.instant().toEpochMilli();
    link();
    api.link(user);

    assertThat(events())
        .isNotEmpty()
        .allSatisfy(event -> {
          var name = event.path("event").asText();
          assertThat(event.at("/_aws/Timestamp").longValue()).isEqualTo(now);
          assertThat(event.at("/_aws/CloudWatchMetrics").toString())
              .isEqualTo(
                  "[{\"Dimensions\":[[\"stack\"]],\"Metrics\":[{\"Name\":\"%s\",\"Unit\":\"Count\"}],\"Namespace\":\"Keyferry\"}]"
                      .formatted(name));
          assertThat(event.path(name).intValue()).isOne();
          assertThat(event.path("stack").asText()).isEqualTo("deployed");
        });
  }

  @Test
  void an_outage_decides_nothing_and_a_decision_with_a_lost_response_is_recorded_once() {
    wire.follow((_, _) -> Fate.LOST);
    api.authorize();
    assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).contains("outage"));
    lines.clear();

    wire.follow((number, _) -> number == 0 ? Fate.ANSWER_LOST : Fate.ARRIVES);
    api.authorize();
    only("authorized");
  }

  @Test
  void the_document_lists_every_event_and_no_other() throws IOException {
    var document = Files.readString(Shared.ROOT.resolve("docs/events.md"));
    var listed =
        ROW.matcher(document)
            .results()
            .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", ")))
            .collect(toSet());

    assertThat(listed).isEqualTo(Stream.of(Kind.values()).map(Kind::toString).collect(toSet()));
  }
}
