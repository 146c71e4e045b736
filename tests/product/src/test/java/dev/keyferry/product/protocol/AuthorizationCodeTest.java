package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the authorization code grant over HTTP, by section of RFC 6749 and of later RFCs.
class AuthorizationCodeTest {
  private final Api api = new OverHttp(Shared.stack());

  private static Map<String, Object> with(String name, Object value) {
    var parameters = new HashMap<String, Object>(Api.browserLogin());
    parameters.put(name, value);
    return parameters;
  }

  private static Map<String, Object> without(String name) {
    var parameters = new HashMap<String, Object>(Api.browserLogin());
    parameters.remove(name);
    return parameters;
  }

  private String code(String user) {
    return api.authorizationCode(user, Api.browserLogin());
  }

  @Test
  void a_login_ends_with_a_key_that_can_be_renewed() {
    var screen = api.claimLogin("ada", Api.browserLogin());
    assertThat(screen.verdict()).isEqualTo("200");
    assertThat(screen.text("client_name")).isEqualTo("Keyferry CLI");
    assertThat(screen.text("scope")).isEqualTo("read offline_access");
    assertThat(screen.text("confirmation")).isEqualTo("none");

    var approved = api.approveLogin("ada", screen.text("approval_nonce"), Map.of());

    assertThat(approved.text("status")).isEqualTo("approved");
    assertThat(approved.text("redirect_to")).startsWith(Api.REDIRECT_URI + "?code=");
    assertThat(approved.redirected("state")).isEqualTo(Api.browserLogin().get("state"));
    assertThat(approved.redirected("iss")).isEqualTo(Shared.stack().url().toString());
    var tokens = api.redeem(approved.redirected("code"));
    assertThat(tokens.verdict()).isEqualTo("200");
    assertThat(tokens.headers()).containsEntry("cache-control", "no-store");
    var key = api.whoami(tokens.text("access_token"));
    assertThat(key.text("sub")).isEqualTo("ada");
    assertThat(key.text("client_id")).isEqualTo("cli");
    assertThat(key.text("scope")).isEqualTo("read offline_access");
    assertThat(api.refresh(tokens.text("refresh_token")).verdict()).isEqualTo("200");
  }

  @Nested
  class Rfc6749Section4Point1Point1AuthorizationRequest {
    @Test
    void a_person_can_approve_less_than_was_requested() {
      var parameters = with("expires_in", "7200");
      parameters.put("device_name", "Ada's laptop");
      var screen = api.claimLogin("ann", parameters);
      assertThat(screen.text("device_name")).isEqualTo("Ada's laptop");
      assertThat(screen.text("expires_in")).isEqualTo("7200");
      var nonce = screen.text("approval_nonce");
      assertThat(api.approveLogin("ann", nonce, Map.of("scope", "read write")).verdict())
          .isEqualTo("400 invalid_scope");
      assertThat(api.approveLogin("ann", nonce, Map.of("scope", "offline_access")).verdict())
          .isEqualTo("400 invalid_scope");
      assertThat(api.approveLogin("ann", nonce, Map.of("expires_in", 7_776_001)).verdict())
          .isEqualTo("400 invalid_request");

      var less = Map.of("scope", "read", "expires_in", 60, "name", "Küche");
      var code = api.approveLogin("ann", nonce, less).redirected("code");

      var tokens = api.redeem(code);
      assertThat(tokens.text("scope")).isEqualTo("read");
      assertThat(tokens.text("expires_in")).isEqualTo("60");
      assertThat(tokens.json().has("refresh_token")).isFalse();
      assertThat(api.keys("ann").json().at("/keys/0/name").asText()).isEqualTo("Küche");
    }

    @Test
    void a_login_without_a_name_is_named_after_the_client() {
      api.redeem(code("nameless"));

      assertThat(api.keys("nameless").json().at("/keys/0/name").asText()).isEqualTo("Keyferry CLI");
    }

    @Test
    void a_state_of_2048_characters_is_returned_and_a_longer_one_is_refused() {
      var longest = "~".repeat(2048);
      var parameters = with("state", longest);
      parameters.put("device_name", "💻".repeat(64));
      var nonce = api.claimLogin("stately", parameters).text("approval_nonce");

      var approved = api.approveLogin("stately", nonce, Map.of());

      assertThat(approved.redirected("state")).isEqualTo(longest);
      var longer = api.claimLogin("stately", with("state", longest + "~"));
      assertThat(longer.redirected("error")).isEqualTo("invalid_request");
    }

    @Test
    void without_a_state_none_is_returned() {
      var nonce = api.claimLogin("stateless", without("state")).text("approval_nonce");

      assertThat(api.approveLogin("stateless", nonce, Map.of()).parameter("state")).isEmpty();
    }
  }

  @Nested
  class Rfc6749Section4Point1Point2Point1ErrorResponse {
    @ParameterizedTest
    @CsvSource({
      "response_type, token, unsupported_response_type",
      "response_type, code token, unsupported_response_type",
      "response_type, '', invalid_request",
      "scope, admin, invalid_scope",
      "scope, offline_access, invalid_scope",
      "scope, 'read  write', invalid_scope",
      "code_challenge, '', invalid_request",
      "code_challenge, too-short, invalid_request",
      "code_challenge_method, '', invalid_request",
      "code_challenge_method, plain, invalid_request",
      "expires_in, 59, invalid_request",
      "expires_in, soon, invalid_request",
      "device_name, 'two\nlines', invalid_request",
      "state, ä, invalid_request"
    })
    void the_client_is_told_of_an_invalid_parameter(String name, String value, String error) {
      var parameters = with(name, value);

      var reply = api.claimLogin("eve", parameters);

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.json().size()).isEqualTo(1);
      assertThat(reply.text("redirect_to")).startsWith(Api.REDIRECT_URI + "?error=");
      assertThat(reply.redirected("error")).isEqualTo(error);
      assertThat(reply.redirected("state")).isEqualTo(parameters.get("state"));
      assertThat(reply.redirected("iss")).isEqualTo(Shared.stack().url().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"response_type", "code_challenge", "code_challenge_method"})
    void the_client_is_told_of_a_missing_parameter(String name) {
      assertThat(api.claimLogin("eve", without(name)).redirected("error"))
          .isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"response_type", "scope", "state", "code_challenge", "device_name"})
    void the_client_is_told_of_a_repeated_parameter(String name) {
      var reply = api.claimLogin("eve", with(name, List.of("code", "code")));

      assertThat(reply.redirected("error")).isEqualTo("invalid_request");
      assertThat(reply.parameter("state").isPresent()).isEqualTo(!name.equals("state"));
    }

    @Test
    void the_client_is_told_of_a_denial() {
      for (var more : List.of(Map.<String, Object>of(), Map.of("report", true))) {
        var nonce = api.claimLogin("eve", Api.browserLogin()).text("approval_nonce");

        var denied = api.denyLogin("eve", nonce, more);

        assertThat(denied.text("status")).isEqualTo("denied");
        assertThat(denied.text("redirect_to"))
            .startsWith(Api.REDIRECT_URI + "?error=access_denied");
        assertThat(denied.redirected("state")).isEqualTo(Api.browserLogin().get("state"));
        assertThat(denied.redirected("iss")).isEqualTo(Shared.stack().url().toString());
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://evil.example/callback",
          "http://evil.example/callback",
          "//evil.example/callback",
          "http://127.0.0.1.evil.example/callback",
          "http://127.0.0.1@evil.example/callback",
          "http://127.0.0.1:49152@evil.example/callback",
          "http://user@127.0.0.1:49152/callback",
          "http://evil.example#@127.0.0.1:49152/callback",
          "http://evil.example\\@127.0.0.1:49152/callback",
          "http://127.0.0.1\\evil.example/callback",
          "http://127.0.0.1:49152/evil/callback",
          "http://127.0.0.1:49152/../callback",
          "http://127.0.0.1:49152//callback",
          "http://127.0.0.1:49152/callback/",
          "http://127.0.0.1:49152/callback/..",
          "http://127.0.0.1:49152/callback?to=evil.example",
          "http://127.0.0.1:49152/callback#evil",
          "http://127.0.0.1:49152/callback;a",
          "http://127.0.0.1:49152/%63allback",
          "http://127.0.0.1:49152/CALLBACK",
          "HTTP://127.0.0.1:49152/callback",
          "https://127.0.0.1:49152/callback",
          "http://127.0.0.1:0/callback",
          "http://127.0.0.1:65536/callback",
          "http://127.0.0.1:080/callback",
          "http://127.0.0.1:/callback",
          "http://127.0.0.1:-1/callback",
          "http://127.0.0.1:+1/callback",
          "http://127.0.0.1:1:2/callback",
          "http://127.0.0.1:٣/callback",
          "http://127.0.0.1:49152",
          "http://127.0.0.1callback",
          "http://127.0.0.2:49152/callback",
          "http://127.1:49152/callback",
          "http://2130706433:49152/callback",
          "http://0x7f.0.0.1:49152/callback",
          "http://localhost:49152/callback",
          "http://LOCALHOST:49152/callback",
          "http://[::1%25lo]:49152/callback",
          "http://[0:0:0:0:0:0:0:1]:49152/callback",
          "http://[::ffff:127.0.0.1]:49152/callback",
          "http://[::]:49152/callback",
          "http://::1:49152/callback",
          " http://127.0.0.1:49152/callback",
          "http://127.0.0.1:49152/callback ",
          "http://127.0.0.1:49152/callback\u0000",
          "http://127.0.0.1:49152\n/callback",
          "javascript:alert(1)//http://127.0.0.1:49152/callback",
          "data:text/html,/callback",
          "cli:/callback",
          "/callback"
        })
    void the_browser_is_only_redirected_to_the_clients_own_address(String elsewhere) {
      var reply = api.claimLogin("eve", with("redirect_uri", elsewhere));

      assertThat(reply.verdict()).isEqualTo("400 invalid_request");
      assertThat(reply.body()).doesNotContain("evil").doesNotContain("redirect_to");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "http://127.0.0.1/callback",
          "http://127.0.0.1:1/callback",
          "http://127.0.0.1:65535/callback",
          "http://[::1]/callback",
          "http://[::1]:49152/callback"
        })
    void any_loopback_port_belongs_to_the_client(String own) {
      var nonce = api.claimLogin("eva", with("redirect_uri", own)).text("approval_nonce");
      var approved = api.approveLogin("eva", nonce, Map.of());

      assertThat(approved.text("redirect_to")).startsWith(own + "?code=");
      var code = approved.redirected("code");
      assertThat(api.redeem(code).verdict())
          .as("redeemed by another client")
          .isEqualTo("400 invalid_grant");
      assertThat(api.redeem(code, Map.of("redirect_uri", own), Map.of()).verdict())
          .isEqualTo("200");
    }

    @Test
    void an_error_about_an_unknown_client_is_shown_only_to_the_person() {
      for (var parameters :
          List.of(
              with("client_id", "nobody"),
              with("client_id", "demo"),
              with("client_id", "reports-api"),
              with("client_id", List.of("cli", "cli")),
              with("redirect_uri", List.of(Api.REDIRECT_URI, Api.REDIRECT_URI)),
              without("client_id"),
              without("redirect_uri"))) {
        assertThat(api.claimLogin("eve", parameters).verdict()).isEqualTo("400 invalid_request");
      }
    }
  }

  @Nested
  class Rfc6749Section4Point1Point3AccessTokenRequest {
    @Test
    void a_mismatch_is_refused_and_burns_nothing() {
      var code = code("careful-one");
      var otherSecret = code.substring(0, 22) + code("other").substring(22);

      for (var wrong :
          List.of(
              Map.of("code", otherSecret),
              Map.of("code_verifier", Api.VERIFIER.replace('d', 'e')),
              Map.of("code_verifier", "too~short~to~be~a~verifier"),
              Map.of("redirect_uri", "http://127.0.0.1:49153/callback"),
              Map.of("redirect_uri", Api.REDIRECT_URI + "/"))) {
        assertThat(api.redeem(code, wrong, Map.of()).verdict())
            .as(wrong.toString())
            .isEqualTo("400 invalid_grant");
      }
      for (var missing : List.of("code", "code_verifier", "redirect_uri", "client_id")) {
        assertThat(api.redeem(code, Map.of(missing, ""), Map.of()).verdict())
            .as(missing)
            .isEqualTo("400 invalid_request");
      }
      assertThat(api.redeem(code, Map.of("client_id", "nobody"), Map.of()).verdict())
          .isEqualTo("401 invalid_client");
      assertThat(api.redeem(code, Map.of("client_id", "demo"), Map.of()).verdict())
          .as("has no browser flow")
          .isEqualTo("400 unauthorized_client");
      assertThat(api.redeem(code, Map.of("client_id", "browser-too"), Map.of()).verdict())
          .isEqualTo("400 invalid_grant");

      assertThat(api.redeem(code).verdict()).isEqualTo("200");
    }

    @Test
    void a_code_is_redeemed_once_and_its_tokens_stay_valid() {
      var code = code("once");
      var tokens = api.redeem(code);

      assertThat(api.redeem(code).verdict()).isEqualTo("400 invalid_grant");
      // RFC 6749 §4.1.2 says that a reused code should revoke the tokens. docs/decisions/0017 says
      // why it does not here.
      assertThat(api.whoami(tokens.text("access_token")).status()).isEqualTo(200);
    }

    @Test
    void a_code_is_valid_for_a_minute() {
      var code = code("late");
      Shared.CLOCK.advance(AuthorizationScreens.CODE_LIFETIME);

      assertThat(api.redeem(code).verdict()).isEqualTo("400 invalid_grant");
    }

    @Test
    void the_same_request_gets_its_response_again() {
      var code = code("again");
      var same = Map.of("idempotency-key", UUID.randomUUID().toString());
      var tokens = api.redeem(code, Map.of(), same);

      assertThat(api.redeem(code, Map.of(), same).body()).isEqualTo(tokens.body());
      assertThat(
              api.redeem(code, Map.of("code_verifier", Api.VERIFIER.replace('d', 'e')), same)
                  .verdict())
          .isEqualTo("400 invalid_grant");
    }

    @Test
    void authorization_codes_and_device_codes_are_not_interchangeable() {
      var code = code("mixed");
      var challenged =
          api.codes(
              Map.of(
                  "client_id", "cli",
                  "code_challenge", Api.CHALLENGE,
                  "code_challenge_method", "S256"));
      api.grant("mixed", challenged.userCode());
      var deviceCode = challenged.deviceCode();

      assertThat(api.poll(code, Map.of("code_verifier", Api.VERIFIER), Map.of()).verdict())
          .isEqualTo("400 invalid_grant");
      assertThat(api.redeem(deviceCode).verdict()).isEqualTo("400 invalid_grant");

      assertThat(api.redeem(code).verdict()).isEqualTo("200");
      assertThat(api.poll(deviceCode, Map.of("code_verifier", Api.VERIFIER), Map.of()).verdict())
          .isEqualTo("200");
    }

    @Test
    void a_code_in_the_query_string_is_refused() {
      var reply =
          api.form(
              "/oauth/token?code=" + code("addressed"),
              Map.of("grant_type", "authorization_code", "client_id", "cli"),
              Map.of());

      assertThat(reply.verdict()).isEqualTo("400 invalid_request");
      assertThat(reply.text("error_description")).contains("query string");
    }
  }

  @Nested
  class Screens {
    @Test
    void approved_twice_return_the_same_code_and_issue_one_key() {
      var nonce = api.claimLogin("twice", Api.browserLogin()).text("approval_nonce");

      var first = api.approveLogin("twice", nonce, Map.of());
      var again = api.approveLogin("twice", nonce, Map.of());

      assertThat(again.body()).isEqualTo(first.body());
      assertThat(api.approveLogin("twice", nonce, Map.of("scope", "read")).verdict())
          .as("with another scope")
          .isEqualTo("400 expired_token");
      assertThat(api.redeem(first.redirected("code")).verdict()).isEqualTo("200");
      assertThat(api.approveLogin("twice", nonce, Map.of()).body()).isEqualTo(first.body());
      assertThat(api.redeem(first.redirected("code")).verdict()).isEqualTo("400 invalid_grant");
      assertThat(Tables.keyRowsOf("twice")).hasSize(1);
    }

    @Test
    void decide_for_no_other_user_and_no_other_kind_of_login() {
      var nonce = api.claimLogin("owner", Api.browserLogin()).text("approval_nonce");
      var codes = api.codes();
      var ofDevice = api.claim("owner", codes.userCode()).text("approval_nonce");

      for (var wrong : List.of(nonce + "A", nonce.substring(1), "nonce", ofDevice)) {
        assertThat(api.approveLogin("owner", wrong, Map.of()).verdict())
            .isEqualTo("400 expired_token");
        assertThat(api.denyLogin("owner", wrong, Map.of()).verdict())
            .isEqualTo("400 expired_token");
      }
      assertThat(api.approveLogin("mallory", nonce, Map.of()).verdict())
          .isEqualTo("400 expired_token");
      assertThat(api.approve("owner", codes.userCode(), nonce).verdict())
          .isEqualTo("404 invalid_user_code");
      assertThat(api.approveLogin("owner", nonce, Map.of()).verdict()).isEqualTo("200");
    }

    @Test
    void write_nothing_before_the_approval() {
      var before = Tables.rows(Tables.GRANTS).count();

      var nonce = api.claimLogin("undecided", Api.browserLogin()).text("approval_nonce");
      api.denyLogin("undecided", nonce, Map.of());

      assertThat(Tables.rows(Tables.GRANTS).count()).isEqualTo(before);
    }
  }

  @Test
  void a_sign_out_between_approval_and_redemption_refuses_the_key() {
    var code = code("leaving");
    api.signOut("leaving");

    assertThat(api.redeem(code).verdict()).isEqualTo("400 invalid_grant");
    assertThat(Tables.keyRowsOf("leaving")).isEmpty();
    // A screen that was open before the sign-out is refused, too.
    var nonce = api.claimLogin("leaving", Api.browserLogin()).text("approval_nonce");
    api.signOut("leaving");
    var late = api.approveLogin("leaving", nonce, Map.of()).redirected("code");
    assertThat(api.redeem(late).verdict()).isEqualTo("400 invalid_grant");
  }
}
