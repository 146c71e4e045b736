package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.TestClock;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests of docs/number-matching.md, by parameter and by response.
class NumberMatchingTest {
  private static final Map<String, String> ABLE =
      Map.of("client_id", "cli", "confirmation_supported", "true");
  private static final Map<String, String> BY_CAREFUL = Map.of("client_id", "careful");
  private static final List<String> LANGUAGES = List.of("en", "de", "es", "ja", "ar");

  private final TestClock clock =
      new TestClock(Shared.CLOCK.instant().truncatedTo(ChronoUnit.MILLIS));
  private final DirectApi device = Shared.environments(new Wire(), clock);
  private final DirectApi near = device;
  private final DirectApi far = device.from("198.51.100.20");

  private static String nonce(Api api, Api.Codes codes) {
    return api.claim("nora", codes.userCode()).text("approval_nonce");
  }

  private static Reply approve(Api api, Api.Codes codes) {
    return api.approve("nora", codes.userCode(), nonce(api, codes));
  }

  @Nested
  class OverHttpEndToEnd {
    private final OverHttp api = new OverHttp(Shared.stack());

    @Test
    void the_device_asks_its_user_for_the_number_and_redeems_the_key_with_it() {
      var codes = api.codes(Api.CAREFUL);
      assertThat(api.claim("nora", codes.userCode()).text("confirmation")).isEqualTo("number");
      var approved = approve(api, codes);
      assertThat(approved.text("status")).isEqualTo("approved");
      var number = approved.text("confirmation");
      assertThat(number).matches("[1-9][0-9]");

      var waiting = api.poll(codes.deviceCode(), BY_CAREFUL, Map.of());
      assertThat(waiting.verdict()).isEqualTo("400 confirmation_required");
      assertThat(waiting.text("error_description")).isNotEmpty();
      assertThat(waiting.headers()).containsEntry("cache-control", "no-store");
      assertThat(api.enter(codes.deviceCode(), Api.beside(number, 1), BY_CAREFUL).verdict())
          .isEqualTo("400 confirmation_required");
      var issued = api.enter(codes.deviceCode(), number, BY_CAREFUL);

      assertThat(issued.verdict()).isEqualTo("200");
      assertThat(api.whoami(issued.text("access_token")).text("sub")).isEqualTo("nora");
    }

    @Test
    void three_wrong_numbers_deny() {
      var codes = api.codes(Api.CAREFUL);
      var number = approve(api, codes).text("confirmation");

      for (int wrong = 1; wrong <= 2; wrong++) {
        assertThat(api.enter(codes.deviceCode(), Api.beside(number, wrong), BY_CAREFUL).verdict())
            .isEqualTo("400 confirmation_required");
      }
      assertThat(api.enter(codes.deviceCode(), Api.beside(number, 3), BY_CAREFUL).verdict())
          .isEqualTo("400 access_denied");
      assertThat(api.enter(codes.deviceCode(), number, BY_CAREFUL).verdict())
          .isEqualTo("400 access_denied");
      assertThat(api.claim("nora", codes.userCode()).verdict()).isEqualTo("404 invalid_user_code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "147", "x", " 47", "+7", "4 7", "٤٧", "47,48"})
    void a_number_without_two_digits_is_an_invalid_request_and_does_not_count(String malformed) {
      var codes = api.codes(Api.CAREFUL);
      var number = approve(api, codes).text("confirmation");

      assertThat(api.enter(codes.deviceCode(), malformed, BY_CAREFUL).verdict())
          .isEqualTo("400 invalid_request");

      assertThat(Tables.grant(codes.deviceCode())).doesNotContainKey("wrong_confirmations");
      assertThat(api.enter(codes.deviceCode(), number, BY_CAREFUL).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "True", "1", " true"})
    void support_is_true_or_false(String value) {
      assertThat(
              api.authorize(Map.of("client_id", "cli", "confirmation_supported", value)).verdict())
          .isEqualTo("400 invalid_request");
    }

    @Test
    void the_metadata_announces_number_support() {
      var metadata =
          new Api.Call("GET", "/.well-known/oauth-authorization-server", "", Map.of(), "");

      assertThat(api.call(metadata).json().path("confirmation_supported").booleanValue()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"acknowledged", "report"})
    void the_acknowledgement_is_true_or_false(String member) {
      var codes = api.codes();
      var body =
          Map.of("user_code", codes.userCode(), "approval_nonce", nonce(api, codes), member, "yes");
      var path = member.equals("report") ? "/oauth/device/deny" : "/oauth/device/approve";

      assertThat(api.json(path, "nora", body).verdict()).isEqualTo("400 invalid_request");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cli,     true,  near, none",
    "cli,     true,  far,  number",
    "cli,     false, near, none",
    "cli,     false, far,  acknowledgement",
    "cli,     '',    far,  acknowledgement",
    "careful, true,  near, number",
    "careful, '',    near, number",
  })
  void the_claim_predicts_what_approve_requires(
      String client, String supported, String where, String confirmation) {
    var claimant = where.equals("near") ? near : far;
    var codes = device.codes(Map.of("client_id", client, "confirmation_supported", supported));
    var screen = claimant.claim("nora", codes.userCode());
    assertThat(screen.text("confirmation")).isEqualTo(confirmation);

    var reply = claimant.approve("nora", codes.userCode(), screen.text("approval_nonce"));

    assertThat(reply.verdict())
        .isEqualTo(confirmation.equals("acknowledgement") ? "400 acknowledgement_required" : "200");
    assertThat(reply.json().has("confirmation")).isEqualTo(confirmation.equals("number"));
  }

  @Test
  void the_claim_describes_each_scope_in_each_language() {
    var codes = device.codes(Map.of("client_id", "cli", "scope", "write read"));

    var scopes = near.claim("nora", codes.userCode()).json().path("scopes");

    assertThat(scopes)
        .extracting(scope -> scope.path("scope").asText())
        .containsExactly("write", "read");
    assertThat(scopes)
        .allSatisfy(scope ->
            assertThat(scope.path("description").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrderElementsOf(LANGUAGES));
    assertThat(scopes.path(1).at("/description/en").asText()).isEqualTo("Read your data");
  }

  @Test
  void approve_judges_its_own_network_and_not_the_claims() {
    var codes = device.codes(ABLE);
    var nonce = nonce(near, codes);

    assertThat(far.approve("nora", codes.userCode(), nonce).json().has("confirmation")).isTrue();
  }

  @Test
  void an_acknowledgement_approves_a_device_that_cannot_ask_for_a_number() {
    var codes = device.codes();
    var nonce = nonce(far, codes);
    assertThat(far.approve("nora", codes.userCode(), nonce).verdict())
        .isEqualTo("400 acknowledgement_required");
    assertThat(
            far.approve("nora", codes.userCode(), nonce, Map.of("acknowledged", false)).verdict())
        .isEqualTo("400 acknowledgement_required");
    assertThat(device.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");

    var approved = far.approve("nora", codes.userCode(), nonce, Map.of("acknowledged", true));

    assertThat(approved.body()).isEqualTo("{\"status\":\"approved\"}");
    assertThat(device.poll(codes.deviceCode()).status()).isEqualTo(200);
  }

  @Test
  void an_acknowledgement_does_not_replace_the_number() {
    var codes = device.codes(ABLE);
    far.approve("nora", codes.userCode(), nonce(far, codes), Map.of("acknowledged", true));

    assertThat(device.poll(codes.deviceCode()).verdict()).isEqualTo("400 confirmation_required");
  }

  @Test
  void a_repeated_approval_gets_the_same_response_from_any_network() {
    var codes = device.codes(ABLE);
    var nonce = nonce(far, codes);
    var first = far.approve("nora", codes.userCode(), nonce);

    assertThat(near.approve("nora", codes.userCode(), nonce).body()).isEqualTo(first.body());
    assertThat(far.approve("nora", codes.userCode(), nonce).body()).isEqualTo(first.body());

    var unable = device.codes();
    var itsNonce = nonce(near, unable);
    var near1 = near.approve("nora", unable.userCode(), itsNonce);
    assertThat(far.approve("nora", unable.userCode(), itsNonce).body()).isEqualTo(near1.body());
  }

  @Test
  void the_row_does_not_contain_the_number() {
    var codes = device.codes(ABLE);
    var nonce = nonce(far, codes);
    var claimed = Tables.grant(codes.deviceCode());
    var number = far.approve("nora", codes.userCode(), nonce).text("confirmation");
    var approved = Tables.grant(codes.deviceCode());

    assertThat(approved.keySet().stream().filter(name -> !claimed.containsKey(name)))
        .containsExactlyInAnyOrder("approved_at", "approval_seal", "number_required");
    assertThat(approved).containsEntry("number_required", AttributeValue.fromBool(true));
    assertThat(approved.values())
        .noneMatch(value -> number.equals(value.s()) || number.equals(value.n()));

    device.enter(codes.deviceCode(), number, Map.of());
    assertThat(Tables.grant(codes.deviceCode()).values())
        .noneMatch(value -> number.equals(value.s()) || number.equals(value.n()));
  }

  @Test
  void only_wrong_numbers_are_stored_and_each_once() {
    var codes = device.codes(ABLE);
    var number = approve(far, codes).text("confirmation");
    var wrong = Api.beside(number, 40);
    for (int i = 0; i < 4; i++) {
      device.enter(codes.deviceCode(), wrong, Map.of());
    }

    assertThat(Tables.grant(codes.deviceCode()))
        .containsEntry("wrong_confirmations", AttributeValue.fromNs(List.of(wrong)));
  }

  @Test
  void the_right_number_is_too_late_at_the_moment_of_expiry() {
    var codes = device.codes(ABLE);
    var number = approve(far, codes).text("confirmation");
    clock.advance(Duration.ofMinutes(10));

    assertThat(device.enter(codes.deviceCode(), number, Map.of()).verdict())
        .isEqualTo("400 expired_token");
  }

  @Test
  void the_approval_can_be_denied_or_reported_while_the_device_awaits_the_number() {
    for (var report : List.of(Optional.of(true), Optional.<Boolean>empty())) {
      var codes = device.codes(ABLE);
      var nonce = nonce(far, codes);
      var number = far.approve("nora", codes.userCode(), nonce).text("confirmation");
      var body =
          report.isPresent()
              ? Map.of("user_code", codes.userCode(), "approval_nonce", nonce, "report", true)
              : Map.of("user_code", codes.userCode(), "approval_nonce", nonce);

      assertThat(far.json("/oauth/device/deny", "nora", body).body())
          .isEqualTo("{\"status\":\"denied\"}");

      assertThat(device.enter(codes.deviceCode(), number, Map.of()).verdict())
          .isEqualTo("400 access_denied");
    }
  }
}
