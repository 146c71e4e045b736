package dev.keyferry.product.protocol;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi.Encoding;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the RFCs and the design over HTTP, section by section.
class ProtocolTest {
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  private static final Map<String, String> FORM =
      Map.of("content-type", "application/x-www-form-urlencoded");

  private final OverHttp api = new OverHttp(Shared.stack());

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    var more = new LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }

  private static void assertError(Reply reply, int status, String error) {
    assertThat(reply.verdict()).isEqualTo(status + " " + error);
    assertThat(reply.text("error_description")).isNotEmpty();
    assertThat(reply.headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("cache-control", "no-store");
  }

  private Reply token(Map<String, String> parameters) {
    return api.form("/oauth/token", parameters, Map.of());
  }

  private Map<String, String> poll(String deviceCode) {
    return Map.of("grant_type", Api.DEVICE_GRANT, "client_id", "cli", "device_code", deviceCode);
  }

  private Reply raw(String path, Map<String, String> headers, String body) {
    return api.call(new Api.Call("POST", path, "", headers, body));
  }

  @Nested
  class DeviceAuthorizationResponse_rfc8628_3_2 {
    @Test
    void contains_both_codes_the_verification_uri_and_the_interval() {
      var reply = api.authorize(Map.of("client_id", "cli", "device_name", "büild-1 ✓"));

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.headers()).containsEntry("cache-control", "no-store");
      assertThat(reply.text("device_code")).matches("[A-Za-z0-9_-]{64}");
      assertThat(reply.text("user_code"))
          .matches("[ABCDEFGHJKLMNPQRSTUVWXYZ2-9]{4}-[ABCDEFGHJKLMNPQRSTUVWXYZ2-9]{4}");
      var page = Shared.stack().url() + "/device";
      assertThat(reply.text("verification_uri")).isEqualTo(page);
      assertThat(reply.text("verification_uri_complete"))
          .isEqualTo(page + "?user_code=" + reply.text("user_code"));
      assertThat(reply.json().path("expires_in").asInt()).isEqualTo(600);
      assertThat(reply.json().path("interval").asInt()).isEqualTo(5);
    }

    @Test
    void never_takes_its_urls_from_the_request() {
      var headers = with(with(FORM, "x-forwarded-host", "evil.example"), "forwarded", "host=evil");
      assertThat(raw("/oauth/device/authorize", headers, "client_id=cli").text("verification_uri"))
          .isEqualTo(Shared.stack().url() + "/device");
    }
  }

  @Nested
  class DeviceAuthorizationRequest_rfc8628_3_1 {
    @ParameterizedTest
    @CsvSource({
      "'', 400, invalid_request",
      "client_id=, 400, invalid_request",
      "client_id=nobody, 401, invalid_client",
      "client_id=cli&client_id=cli, 400, invalid_request",
      "client_id=cli&scope=read&scope=write, 400, invalid_request",
      "client_id=cli&scope=admin, 400, invalid_scope",
      "client_id=demo&scope=write, 400, invalid_scope",
      "client_id=demo&scope=offline_access, 400, invalid_scope",
      "client_id=cli&scope=offline_access, 400, invalid_scope",
      "client_id=cli&expires_in=59, 400, invalid_request",
      "client_id=cli&expires_in=soon, 400, invalid_request",
      "client_id=cli&expires_in=-1, 400, invalid_request",
      "client_id=cli&expires_in=%2B100, 400, invalid_request",
      "client_id=cli&expires_in=%D9%A6%D9%A6%D9%A6, 400, invalid_request",
      "client_id=cli&device_name=%E2%80%8B, 400, invalid_request",
      "client_id=cli&device_name=a%E2%80%A8b, 400, invalid_request",
      "client_id=cli&device_name=a%0Ab, 400, invalid_request",
      "client_id=cli&device_name=%FF, 400, invalid_request",
      "client_id=cli&device_name=%zz, 400, invalid_request",
      "client_id=cli&code_challenge=short&code_challenge_method=S256, 400, invalid_request",
      "client_id=cli&code_challenge_method=S256, 400, invalid_request",
    })
    void is_refused_if_invalid(String body, int status, String error) {
      assertError(raw("/oauth/device/authorize", FORM, body), status, error);
    }

    @Test
    void is_refused_with_a_plain_challenge() {
      var plain =
          Map.of("client_id", "cli", "code_challenge", CHALLENGE, "code_challenge_method", "plain");
      assertError(api.authorize(plain), 400, "invalid_request");
    }

    @Test
    void is_refused_in_any_other_media_type() {
      var json = Map.of("content-type", "application/json");
      assertError(
          raw("/oauth/device/authorize", json, "{\"client_id\":\"cli\"}"), 400, "invalid_request");
    }

    @Test
    void is_refused_over_8_KiB() {
      var name = "x".repeat(8 * 1024);
      assertError(
          api.authorize(Map.of("client_id", "cli", "device_name", name)), 400, "invalid_request");
    }

    @Test
    void accepts_a_device_name_of_at_most_64_characters() {
      var name = "😀".repeat(64);
      assertThat(api.authorize(Map.of("client_id", "cli", "device_name", name)).status())
          .isEqualTo(200);
      var refused = api.authorize(Map.of("client_id", "cli", "device_name", name + "x"));
      assertError(refused, 400, "invalid_request");
      assertThat(refused.text("error_description")).startsWith("device_name ").contains("64");
    }

    @ParameterizedTest
    @CsvSource({"3600, 3600", "400000000, 31536000", "'', 86400"})
    void requests_a_lifetime_within_the_clients_cap(String asked, long granted) {
      var codes = api.codes(Map.of("client_id", "cli", "expires_in", asked));
      assertThat(api.claim("alice", codes.userCode()).json().path("expires_in").asLong())
          .isEqualTo(granted);
      api.grant("alice", codes.userCode());
      assertThat(api.poll(codes.deviceCode()).json().path("expires_in").asLong())
          .isEqualTo(granted);
    }
  }

  @Nested
  class UserInteraction_rfc8628_3_3 {
    @Test
    void shows_the_client_its_request_and_its_network() {
      var codes =
          api.codes(Map.of("client_id", "cli", "scope", "read", "device_name", "<b>build-1</b>"));

      var screen =
          api.claim("alice", " " + codes.userCode().toLowerCase(Locale.ROOT).replace("-", " "));

      assertThat(screen.status()).isEqualTo(200);
      assertThat(screen.text("client_name")).isEqualTo("Keyferry CLI");
      assertThat(screen.text("scope")).isEqualTo("read");
      assertThat(screen.text("device_name")).isEqualTo("<b>build-1</b>");
      assertThat(screen.text("requested_from")).isEqualTo("127.0.0.1");
      assertThat(screen.json().path("same_network").asBoolean()).isTrue();
      assertThat(screen.json().path("requested_at").asLong())
          .isCloseTo(Shared.CLOCK.instant().getEpochSecond(), offset(60L));
      assertThat(screen.text("approval_nonce")).hasSizeGreaterThan(20);
    }

    @Test
    void answers_unknown_malformed_expired_decided_and_used_codes_identically() {
      var approved = api.codes();
      api.grant("alice", approved.userCode());
      var denied = api.codes();
      api.deny(
          "alice", denied.userCode(), api.claim("alice", denied.userCode()).text("approval_nonce"));
      var used = api.codes();
      api.grant("alice", used.userCode());
      api.poll(used.deviceCode());
      var expired = api.codes();
      Shared.CLOCK.advance(Duration.ofMinutes(10));

      var unknown = api.claim("alice", "ABCD-EFGH");
      assertError(unknown, 404, "invalid_user_code");
      for (var code :
          List.of(
              "0000-1111",
              "-",
              "ABCD",
              approved.userCode(),
              denied.userCode(),
              used.userCode(),
              expired.userCode())) {
        assertThat(api.claim("alice", code).body()).isEqualTo(unknown.body());
        assertThat(api.claim("alice", code).status()).isEqualTo(404);
      }
    }

    @Test
    void lets_only_the_latest_claim_approve() {
      var codes = api.codes();
      var first = api.claim("alice", codes.userCode()).text("approval_nonce");
      var second = api.claim("bob", codes.userCode()).text("approval_nonce");

      assertError(api.approve("alice", codes.userCode(), first), 404, "invalid_user_code");
      assertError(api.approve("alice", codes.userCode(), second), 404, "invalid_user_code");
      assertError(api.approve("bob", codes.userCode(), first), 404, "invalid_user_code");
      assertError(api.deny("alice", codes.userCode(), first), 404, "invalid_user_code");
      assertThat(api.approve("bob", codes.userCode(), second).text("status")).isEqualTo("approved");
      assertThat(api.approve("bob", codes.userCode(), second).text("status")).isEqualTo("approved");
    }

    @Test
    void lets_the_claimant_narrow_shorten_and_name() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      var less =
          Map.of(
              "user_code",
              codes.userCode(),
              "approval_nonce",
              nonce,
              "scope",
              "read",
              "expires_in",
              600,
              "name",
              "my laptop");
      assertThat(api.json("/oauth/device/approve", "alice", less).status()).isEqualTo(200);

      var token = api.poll(codes.deviceCode());
      assertThat(token.text("scope")).isEqualTo("read");
      assertThat(token.json().path("expires_in").asInt()).isEqualTo(600);
    }

    private Reply approve(Api.Codes codes, String nonce, Map<String, ?> consent) {
      var body = new LinkedHashMap<String, Object>(consent);
      body.put("user_code", codes.userCode());
      body.put("approval_nonce", nonce);
      return api.json("/oauth/device/approve", "alice", body);
    }

    @Test
    void never_grants_more_than_was_requested() {
      var codes = api.codes(Map.of("client_id", "cli", "scope", "read"));
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");

      assertError(approve(codes, nonce, Map.of("scope", "read write")), 400, "invalid_scope");
      assertError(approve(codes, nonce, Map.of("scope", "read admin")), 400, "invalid_scope");
      assertError(approve(codes, nonce, Map.of("expires_in", 86401)), 400, "invalid_request");
      assertThat(approve(codes, nonce, Map.of("expires_in", 86400)).status()).isEqualTo(200);
    }

    @Test
    void reads_an_empty_scope_as_none_and_not_as_all() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");

      assertError(approve(codes, nonce, Map.of("scope", "")), 400, "invalid_scope");
      assertError(api.poll(codes.deviceCode()), 400, "authorization_pending");
    }

    @Test
    void never_narrows_to_offline_access_alone() {
      var codes = api.codes(Map.of("client_id", "cli", "scope", "read offline_access"));
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");

      assertError(approve(codes, nonce, Map.of("scope", "offline_access")), 400, "invalid_scope");
      assertError(api.poll(codes.deviceCode()), 400, "authorization_pending");
    }

    @Test
    void reports_approved_only_for_an_approved_grant() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      assertThat(approve(codes, nonce, Map.of("scope", "read")).status()).isEqualTo(200);

      assertThat(approve(codes, nonce, Map.of("scope", "read")).status()).isEqualTo(200);
      assertError(approve(codes, nonce, Map.of()), 404, "invalid_user_code");
      assertError(approve(codes, nonce, Map.of("scope", "write")), 404, "invalid_user_code");
      assertThat(api.poll(codes.deviceCode()).text("scope")).isEqualTo("read");
    }

    @Test
    void never_reports_bad_input_as_an_outage() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      var many = IntStream.range(0, 500).mapToObj(n -> "s" + n).collect(joining(" "));

      assertError(approve(codes, nonce, Map.of("scope", many)), 400, "invalid_scope");
      var longest = Shared.environments(new Wire());
      assertError(longest.claim("x".repeat(256), codes.userCode()), 400, "invalid_request");
      assertThat(longest.claim("x".repeat(255), codes.userCode()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "[]",
          "{",
          "{}",
          "{\"user_code\":1}",
          "{\"user_code\":null}",
          "{\"user_code\":\"ABCD-EFGH\",\"user_code\":\"ABCD-EFGH\"}",
          "{\"user_code\":\"ABCD-EFGH\"} x"
        })
    void refuses_any_other_json(String body) {
      var call =
          new Api.Call(
              "POST",
              "/oauth/device/claim",
              "alice",
              Map.of("content-type", "application/json"),
              body);
      assertError(api.call(call), 400, "invalid_request");
    }
  }

  @Nested
  class AccessTokenResponse_rfc8628_3_5 {
    @Test
    void is_authorization_pending_until_the_user_decides() {
      var codes = api.codes();
      assertError(api.poll(codes.deviceCode()), 400, "authorization_pending");
      Shared.CLOCK.advance(Duration.ofSeconds(5));
      api.claim("alice", codes.userCode());
      assertError(api.poll(codes.deviceCode()), 400, "authorization_pending");
    }

    @Test
    void is_slow_down_with_the_new_interval_when_polled_early() {
      var codes = api.codes();
      api.poll(codes.deviceCode());

      var early = api.poll(codes.deviceCode());
      assertError(early, 400, "slow_down");
      assertThat(early.json().path("interval").asInt()).isEqualTo(10);
      assertThat(api.poll(codes.deviceCode()).json().path("interval").asInt())
          .as("one window costs one step")
          .isEqualTo(10);

      Shared.CLOCK.advance(Duration.ofSeconds(5));
      assertError(api.poll(codes.deviceCode()), 400, "authorization_pending");
      assertThat(api.poll(codes.deviceCode()).json().path("interval").asInt()).isEqualTo(15);
    }

    @Test
    void is_the_key_at_once_after_approval_however_early() {
      var codes = api.codes();
      api.poll(codes.deviceCode());
      api.grant("alice", codes.userCode());

      var token = api.poll(codes.deviceCode());

      assertThat(token.status()).isEqualTo(200);
      assertThat(token.headers())
          .containsEntry("cache-control", "no-store")
          .containsEntry("pragma", "no-cache");
      assertThat(token.text("access_token")).matches("kf_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
      assertThat(token.text("token_type")).isEqualTo("Bearer");
      assertThat(token.text("scope")).isEqualTo("read write");
      assertThat(token.json().path("expires_in").asInt()).isEqualTo(86400);
    }

    @Test
    void is_access_denied_for_good_after_denial() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      assertThat(api.deny("alice", codes.userCode(), nonce).text("status")).isEqualTo("denied");
      assertThat(api.deny("alice", codes.userCode(), nonce).text("status")).isEqualTo("denied");

      assertError(api.poll(codes.deviceCode()), 400, "access_denied");
      Shared.CLOCK.advance(Duration.ofMinutes(11));
      assertError(api.poll(codes.deviceCode()), 400, "access_denied");
    }

    @Test
    void is_expired_token_from_the_tenth_minute() {
      var codes = api.codes();
      api.grant("alice", codes.userCode());
      Shared.CLOCK.advance(Duration.ofMinutes(10));
      assertError(api.poll(codes.deviceCode()), 400, "expired_token");
      Shared.CLOCK.advance(Duration.ofMinutes(59));
      assertError(api.poll(codes.deviceCode()), 400, "expired_token");
    }
  }

  @Nested
  class ErrorResponse_rfc6749_5_2 {
    private final String code = api.codes().deviceCode();

    @Test
    void is_invalid_grant_for_an_unknown_malformed_or_foreign_code() {
      assertError(api.poll("A".repeat(64)), 400, "invalid_grant");
      assertError(api.poll("nonsense"), 400, "invalid_grant");
      var foreign = with(poll(code), "client_id", "demo");
      assertError(token(foreign), 400, "invalid_grant");
      var last = code.endsWith("A") ? "B" : "A";
      assertError(api.poll(code.substring(0, 63) + last), 400, "invalid_grant");
      assertError(api.poll(code), 400, "authorization_pending");
    }

    @Test
    void is_invalid_client_with_401_for_an_unknown_client() {
      var refused = token(with(poll(code), "client_id", "nobody"));
      assertError(refused, 401, "invalid_client");
      assertThat(refused.headers()).containsEntry("www-authenticate", "Basic realm=\"keyferry\"");
    }

    @Test
    void is_unsupported_grant_type_for_another_grant() {
      assertError(token(with(poll(code), "grant_type", "password")), 400, "unsupported_grant_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant_type", "client_id", "device_code"})
    void is_invalid_request_without_a_parameter(String missing) {
      var parameters = new LinkedHashMap<>(poll(code));
      parameters.remove(missing);
      assertError(token(parameters), 400, "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "device_code",
          "Device_Code",
          "client_secret",
          "code_verifier",
          "approval_nonce"
        })
    void is_invalid_request_for_a_secret_in_the_query_string(String secret) {
      var body = "grant_type=%s&client_id=cli&device_code=%s".formatted(Api.DEVICE_GRANT, code);
      assertError(raw("/oauth/token?" + secret + "=x", FORM, body), 400, "invalid_request");
    }

    @Test
    void is_invalid_request_for_a_malformed_idempotency_key() {
      var key = Map.of("idempotency-key", "x".repeat(256));
      assertError(api.poll(code, Map.of(), key), 400, "invalid_request");
    }

    /// RFC 6749 §2.3. Go's oauth2 sends a public client's id in both places, without a secret.
    @Test
    void is_invalid_request_for_client_credentials_in_the_header_and_in_the_form() {
      var basic = Api.basic("cli", "");
      var secret = Map.of("client_secret", "x");
      assertError(api.poll(code, secret, basic), 400, "invalid_request");
      assertError(api.poll(code, Map.of(), Api.basic("demo", "")), 400, "invalid_request");
      for (var path : List.of("/oauth/device/authorize", "/oauth/revoke")) {
        var form = Map.of("client_id", "cli", "token", "x", "client_secret", "x");
        assertError(api.form(path, form, basic), 400, "invalid_request");
        assertThat(api.form(path, form, Map.of()).status()).isEqualTo(200);
        assertThat(api.form(path, Map.of("client_id", "cli", "token", "x"), basic).status())
            .isEqualTo(200);
      }
      assertError(api.poll(code, Map.of(), basic), 400, "authorization_pending");
    }
  }

  @Nested
  class ProofKey_rfc7636 {
    private final Api.Codes codes =
        api.codes(
            Map.of(
                "client_id", "cli", "code_challenge", CHALLENGE, "code_challenge_method", "S256"));

    @Test
    void releases_the_key_only_to_the_holder_of_the_verifier() {
      api.grant("alice", codes.userCode());
      var wrong = Map.of("code_verifier", "wrong".repeat(9));
      assertError(api.poll(codes.deviceCode()), 400, "invalid_grant");
      assertError(api.poll(codes.deviceCode(), wrong, Map.of()), 400, "invalid_grant");
      assertThat(api.poll(codes.deviceCode(), Map.of("code_verifier", VERIFIER), Map.of()).status())
          .isEqualTo(200);
    }

    @Test
    void is_refused_without_a_challenge_rfc9700_2_1_1() {
      var plain = api.codes();
      assertError(
          api.poll(plain.deviceCode(), Map.of("code_verifier", VERIFIER), Map.of()),
          400,
          "invalid_grant");
    }
  }

  @Nested
  class Redelivery {
    private final Api.Codes codes = api.codes();
    private final Map<String, String> samePoll =
        Map.of("idempotency-key", UUID.randomUUID().toString());

    private Reply again(Map<String, String> headers) {
      return api.poll(codes.deviceCode(), Map.of(), headers);
    }

    @Test
    void repeats_the_identical_response_only_for_the_same_poll() {
      api.grant("alice", codes.userCode());
      var first = again(samePoll);
      assertThat(first.status()).isEqualTo(200);
      assertThat(again(samePoll).body()).isEqualTo(first.body());
      var another = Map.of("idempotency-key", UUID.randomUUID().toString());
      assertError(again(another), 400, "invalid_grant");
      assertError(again(Map.of()), 400, "invalid_grant");
      Shared.CLOCK.advance(Duration.ofSeconds(59));
      assertThat(again(samePoll).body()).isEqualTo(first.body());
      Shared.CLOCK.advance(Duration.ofSeconds(1));
      assertError(again(samePoll), 400, "invalid_grant");
    }

    @Test
    void ends_with_the_keys_first_use() {
      api.grant("alice", codes.userCode());
      var token = again(samePoll).text("access_token");
      assertThat(api.whoami(token).status()).isEqualTo(200);
      assertError(again(samePoll), 400, "invalid_grant");
    }

    @Test
    void is_not_for_clients_with_an_empty_idempotency_key() {
      api.grant("alice", codes.userCode());
      var empty = Map.of("idempotency-key", "");
      assertThat(again(empty).status()).isEqualTo(200);
      assertError(again(empty), 400, "invalid_grant");
    }

    @Test
    void is_not_for_clients_without_an_idempotency_key() {
      api.grant("alice", codes.userCode());
      assertThat(again(Map.of()).status()).isEqualTo(200);
      assertError(again(Map.of()), 400, "invalid_grant");
    }
  }

  @Nested
  class Refreshing_rfc6749_6 {
    private final Reply first = api.link("alice");
    private final String token = first.text("refresh_token");

    private Map<String, String> refresh(String refreshToken) {
      return Map.of(
          "grant_type", "refresh_token", "client_id", "cli", "refresh_token", refreshToken);
    }

    @Test
    void requires_offline_access() {
      assertThat(first.text("scope")).isEqualTo("read offline_access");
      assertThat(token).matches("kfr_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");

      var codes = api.codes();
      api.grant("alice", codes.userCode());
      assertThat(api.poll(codes.deviceCode()).json().has("refresh_token")).isFalse();
    }

    @Test
    void requires_that_the_user_grants_it() {
      var codes = api.codes(Api.OFFLINE);
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      var less = Map.of("user_code", codes.userCode(), "approval_nonce", nonce, "scope", "read");
      assertThat(api.json("/oauth/device/approve", "alice", less).status()).isEqualTo(200);

      var issued = api.poll(codes.deviceCode());
      assertThat(issued.text("scope")).isEqualTo("read");
      assertThat(issued.json().has("refresh_token")).isFalse();
    }

    @Test
    void returns_both_new_tokens_with_scope_and_lifetime() {
      var renewed = api.refresh(token);

      assertThat(renewed.status()).isEqualTo(200);
      assertThat(renewed.headers())
          .containsEntry("cache-control", "no-store")
          .containsEntry("content-type", "application/json");
      assertThat(renewed.text("access_token"))
          .matches("kf_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}")
          .isNotEqualTo(first.text("access_token"));
      assertThat(renewed.text("refresh_token"))
          .matches("kfr_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}")
          .isNotEqualTo(token);
      assertThat(renewed.text("token_type")).isEqualTo("Bearer");
      assertThat(renewed.text("scope")).isEqualTo("read offline_access");
      assertThat(renewed.json().path("expires_in").asInt()).isEqualTo(86400);
      assertThat(api.whoami(renewed.text("access_token")).text("key_id"))
          .isEqualTo(api.whoami(first.text("access_token")).text("key_id"));
    }

    @Test
    void keeps_the_previous_access_token_valid_for_a_minute() {
      var renewed = api.refresh(token);
      Shared.CLOCK.advance(Duration.ofSeconds(50));
      assertThat(api.whoami(first.text("access_token")).status()).isEqualTo(200);
      Shared.CLOCK.advance(Duration.ofSeconds(10));
      assertThat(api.whoami(first.text("access_token")).status()).isEqualTo(403);
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
    }

    @Test
    void works_after_the_access_token_expired_but_not_after_thirty_idle_days() {
      Shared.CLOCK.advance(Duration.ofDays(29));
      assertThat(api.whoami(first.text("access_token")).status()).isEqualTo(403);
      var renewed = api.refresh(token);
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
      Shared.CLOCK.advance(Duration.ofDays(30));
      assertError(api.refresh(renewed.text("refresh_token")), 400, "invalid_grant");
    }

    @Test
    void states_a_lifetime_that_ends_with_the_family() {
      var present = first;
      for (int month = 0; month < 3; month++) {
        Shared.CLOCK.advance(Duration.ofDays(29));
        present = api.refresh(present.text("refresh_token"));
        assertThat(present.json().path("expires_in").asInt()).isEqualTo(86400);
      }
      Shared.CLOCK.advance(Duration.ofDays(3).minusHours(1));
      present = api.refresh(present.text("refresh_token"));
      assertThat(present.json().path("expires_in").asInt()).isBetween(3500, 3600);
      Shared.CLOCK.advance(Duration.ofHours(1));
      assertError(api.refresh(present.text("refresh_token")), 400, "invalid_grant");
    }

    @Test
    void repeats_the_identical_response_for_thirty_seconds() {
      var same = Map.of("idempotency-key", UUID.randomUUID().toString());
      var renewed = api.refresh(token, same);
      assertThat(api.refresh(token, same).body()).isEqualTo(renewed.body());
      Shared.CLOCK.advance(Duration.ofSeconds(25));
      assertThat(api.refresh(token, same).body()).isEqualTo(renewed.body());
      assertThat(api.refresh(token).body()).isEqualTo(renewed.body());
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
      assertError(api.refresh(token), 400, "invalid_grant");
      assertThat(api.refresh(token, same).body()).isEqualTo(renewed.body());
    }

    @Test
    void repeated_later_replaces_tokens_that_may_never_have_arrived() {
      var lost = api.refresh(token);
      Shared.CLOCK.advance(Duration.ofSeconds(35));
      var branch = api.refresh(token);

      assertThat(api.whoami(lost.text("access_token")).status()).isEqualTo(403);
      assertThat(api.whoami(branch.text("access_token")).status()).isEqualTo(200);
      assertThat(api.refresh(branch.text("refresh_token")).status()).isEqualTo(200);
    }

    @Test
    void repeated_later_with_its_idempotency_key_gets_the_identical_response() {
      var same = Map.of("idempotency-key", UUID.randomUUID().toString());
      var lost = api.refresh(token, same);
      Shared.CLOCK.advance(Duration.ofHours(23));
      assertThat(api.refresh(token, same).body()).isEqualTo(lost.body());
    }

    @Test
    void with_the_token_of_a_replaced_branch_revokes_the_device() {
      var lost = api.refresh(token);
      Shared.CLOCK.advance(Duration.ofSeconds(35));
      var branch = api.refresh(token);
      assertError(api.refresh(lost.text("refresh_token")), 400, "invalid_grant");
      assertThat(api.whoami(branch.text("access_token")).status()).isEqualTo(403);
    }

    @Test
    void revokes_the_device_if_a_used_token_is_reused_rfc9700_4_14_2() {
      var renewed = api.refresh(token);
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
      assertError(api.refresh(token), 400, "invalid_grant");
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(200);
      Shared.CLOCK.advance(Duration.ofSeconds(30));
      assertError(api.refresh(token), 400, "invalid_grant");
      assertThat(api.whoami(renewed.text("access_token")).status()).isEqualTo(403);
      assertError(api.refresh(renewed.text("refresh_token")), 400, "invalid_grant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant_type", "client_id", "refresh_token"})
    void is_invalid_request_without_a_parameter(String missing) {
      var parameters = new LinkedHashMap<>(refresh(token));
      parameters.remove(missing);
      assertError(token(parameters), 400, "invalid_request");
      assertError(token(with(refresh(token), missing, "")), 400, "invalid_request");
    }

    @Test
    void is_invalid_request_with_a_parameter_twice_or_the_token_in_the_query_string() {
      var body = "grant_type=refresh_token&client_id=cli&refresh_token=" + token;
      assertError(
          raw("/oauth/token", FORM, body + "&refresh_token=" + token), 400, "invalid_request");
      assertError(raw("/oauth/token?refresh_token=" + token, FORM, body), 400, "invalid_request");
      assertThat(api.refresh(token).status()).as("the token is still valid").isEqualTo(200);
    }

    @Test
    void is_invalid_request_for_a_malformed_idempotency_key() {
      var key = Map.of("idempotency-key", "x".repeat(256));
      assertError(api.refresh(token, key), 400, "invalid_request");
    }

    @Test
    void is_invalid_grant_for_a_malformed_unknown_or_foreign_token() {
      assertError(api.refresh("nonsense"), 400, "invalid_grant");
      assertError(api.refresh(first.text("access_token")), 400, "invalid_grant");
      var last = token.endsWith("0") ? "1" : "0";
      assertError(api.refresh(token.substring(0, token.length() - 1) + last), 400, "invalid_grant");
      assertThat(api.refresh(token).status()).as("the token is still valid").isEqualTo(200);
    }

    @Test
    void is_invalid_client_with_401_for_an_unknown_client() {
      assertError(token(with(refresh(token), "client_id", "nobody")), 401, "invalid_client");
    }

    @Test
    void is_unauthorized_client_for_a_client_that_may_not_refresh() {
      assertError(token(with(refresh(token), "client_id", "demo")), 400, "unauthorized_client");
      assertThat(api.refresh(token).status()).as("the token is still valid").isEqualTo(200);
    }
  }

  @Nested
  class Metadata_rfc8414 {
    @Test
    void lists_the_endpoints_and_their_capabilities() {
      var reply =
          api.call(
              new Api.Call("GET", "/.well-known/oauth-authorization-server", "", Map.of(), ""));
      var issuer = Shared.stack().url().toString();
      assertThat(reply.text("issuer")).isEqualTo(issuer);
      assertThat(reply.text("device_authorization_endpoint"))
          .isEqualTo(issuer + "/oauth/device/authorize");
      assertThat(reply.text("token_endpoint")).isEqualTo(issuer + "/oauth/token");
      assertThat(reply.json().at("/grant_types_supported"))
          .extracting(JsonNode::asText)
          .containsExactly("authorization_code", Api.DEVICE_GRANT, "refresh_token");
      assertThat(reply.json().at("/code_challenge_methods_supported/0").asText()).isEqualTo("S256");
      assertThat(reply.json().at("/token_endpoint_auth_methods_supported/0").asText())
          .isEqualTo("none");
    }
  }

  @Nested
  class ProtectedRoute {
    private final String token = issue();

    private String issue() {
      var codes = api.codes(Map.of("client_id", "cli", "expires_in", "60"));
      api.grant("alice", codes.userCode());
      return api.poll(codes.deviceCode()).text("access_token");
    }

    private Reply whoami(Map<String, String> headers) {
      return api.call(new Api.Call("GET", "/whoami", "", headers, ""));
    }

    @Test
    void describes_the_key_to_its_holder() {
      var reply = api.whoami(token);
      assertThat(reply.text("sub")).isEqualTo("alice");
      assertThat(reply.text("client_id")).isEqualTo("cli");
      assertThat(reply.text("scope")).isEqualTo("read write");
      assertThat(token).startsWith("kf_" + reply.text("key_id") + "_");
      assertThat(reply.json().path("exp").asLong()).isPositive();
    }

    @Test
    void rejects_a_missing_wrong_or_expired_key() {
      assertThat(whoami(Map.of()).status()).isEqualTo(401);
      assertThat(api.whoami("kf_nonsense").status()).isEqualTo(403);
      var inQuery =
          new Api.Call(
              "GET", "/whoami?access_token=x", "", Map.of("authorization", "Bearer " + token), "");
      assertError(api.call(inQuery), 400, "invalid_request");
      var last = token.endsWith("0") ? "1" : "0";
      assertThat(api.whoami(token.substring(0, token.length() - 1) + last).status()).isEqualTo(403);
      assertThat(whoami(Map.of("authorization", "Basic " + token)).status()).isEqualTo(403);
      Shared.CLOCK.advance(Duration.ofMinutes(1));
      assertThat(api.whoami(token).status()).isEqualTo(403);
    }

    @Test
    void rejects_a_users_jwt_and_user_routes_reject_keys() {
      assertThat(api.whoami(api.tokenOf("alice")).status()).isEqualTo(403);
      var headers = Map.of("authorization", "Bearer " + token, "content-type", "application/json");
      var claim = new Api.Call("POST", "/oauth/device/claim", "", headers, "{}");
      assertThat(api.call(claim).status()).isEqualTo(401);
    }
  }

  @Nested
  class BothBodyEncodings {
    @ParameterizedTest
    @EnumSource(
        value = Encoding.class,
        names = {"TEXT", "BASE64"})
    void carry_a_whole_login(Encoding encoding) {
      var way = Shared.environments(new Wire(), Shared.CLOCK, encoding);
      var codes = way.codes(Map.of("client_id", "cli", "device_name", "a b+c&d=e%ü"));
      var screen = way.claim("ålice", codes.userCode());
      assertThat(screen.text("device_name")).isEqualTo("a b+c&d=e%ü");
      var named =
          Map.of(
              "user_code", codes.userCode(),
              "approval_nonce", screen.text("approval_nonce"),
              "name", "größer ✓");
      assertThat(way.json("/oauth/device/approve", "ålice", named).status()).isEqualTo(200);
      assertThat(way.poll(codes.deviceCode()).status()).isEqualTo(200);
      assertThat(Tables.keyRowsOf("ålice"))
          .extracting(row -> Tables.text(row, "key_name"))
          .contains("größer ✓");

      var unwanted = way.codes().userCode();
      var nonce = way.claim("ålice", unwanted).text("approval_nonce");
      assertThat(way.deny("ålice", unwanted, nonce).verdict()).isEqualTo("200");
    }

    @Test
    void are_refused_if_broken() {
      var codes = api.codes();
      var nonce = api.claim("alice", codes.userCode()).text("approval_nonce");
      var way = Shared.environments(new Wire(), Shared.CLOCK, Encoding.BROKEN_BASE64);

      assertError(way.authorize(), 400, "invalid_request");
      assertError(way.poll(codes.deviceCode()), 400, "invalid_request");
      assertError(way.claim("alice", codes.userCode()), 400, "invalid_request");
      assertError(way.approve("alice", codes.userCode(), nonce), 400, "invalid_request");
      assertError(way.deny("alice", codes.userCode(), nonce), 400, "invalid_request");
    }
  }
}
