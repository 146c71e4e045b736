package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Tests of the ways in which a key ends, over HTTP: by its owner, by its client (RFC 7009), by a
/// sign-out everywhere, and by an operator.
class LinkedDevicesTest {
  private final OverHttp api = new OverHttp(Shared.stack());
  private final DirectApi operator = Shared.environments(new Wire());
  private final String user = "owner-" + UUID.randomUUID();

  private static final Map<String, String> NAMED =
      Map.of("client_id", "cli", "scope", "read", "device_name", "build-1");

  private String link() {
    var codes = api.codes(NAMED);
    api.grant(user, codes.userCode());
    return api.poll(codes.deviceCode()).text("access_token");
  }

  private List<JsonNode> listed() {
    var keys = api.keys(user).json().path("keys");
    return StreamSupport.stream(keys.spliterator(), false).toList();
  }

  private static String idOf(String accessToken) {
    return accessToken.substring(3, 19);
  }

  @Nested
  class Listing {
    @Test
    void lists_linked_devices_newest_first_with_their_scopes() {
      var first = link();
      Shared.CLOCK.advance(Duration.ofSeconds(2));
      var second = api.link(user);
      api.whoami(first);

      assertThat(listed()).hasSize(2);
      var newest = listed().get(0);
      var oldest = listed().get(1);
      assertThat(newest.path("key_id").asText()).isEqualTo(idOf(second.text("access_token")));
      assertThat(newest.has("last_used_at")).isFalse();
      assertThat(oldest.path("key_id").asText()).isEqualTo(idOf(first));
      assertThat(oldest.path("client_id").asText()).isEqualTo("cli");
      assertThat(oldest.path("client_name").asText()).isEqualTo("Keyferry CLI");
      assertThat(oldest.path("name").asText()).isEqualTo("build-1");
      assertThat(oldest.path("scope").asText()).isEqualTo("read");
      assertThat(oldest.path("scopes").path(0).path("description").path("de").asText())
          .isEqualTo("Ihre Daten lesen");
      assertThat(oldest.path("requested_from").asText()).isEqualTo("127.0.0.1");
      assertThat(oldest.path("expires_at").asLong() - oldest.path("created_at").asLong())
          .isEqualTo(86_400);
      assertThat(oldest.path("last_used_at").asLong() % 3_600).isZero();
    }

    private String name(Map<String, String> asked, Map<String, String> consent) {
      var codes = api.codes(asked);
      var body = new LinkedHashMap<>(consent);
      body.put("user_code", codes.userCode());
      body.put("approval_nonce", api.claim(user, codes.userCode()).text("approval_nonce"));
      assertThat(api.json("/oauth/device/approve", user, body).status()).isEqualTo(200);
      assertThat(api.poll(codes.deviceCode()).status()).isEqualTo(200);
      return "Device Link Access Key (" + codes.userCode() + ")";
    }

    private static List<String> names(Api api, String user) {
      return StreamSupport.stream(api.keys(user).json().path("keys").spliterator(), false)
          .map(key -> key.path("name").asText())
          .toList();
    }

    @Test
    void names_each_device_by_its_owners_name_or_its_own_or_its_user_code() {
      var nameless = Map.of("client_id", "cli");
      name(NAMED, Map.of("name", "my laptop"));
      name(nameless, Map.of("name", "my phone"));
      name(NAMED, Map.of());
      name(NAMED, Map.of("name", ""));
      var byCode = name(nameless, Map.of("name", ""));
      var byItsOwn = name(nameless, Map.of());

      assertThat(names(api, user))
          .containsExactlyInAnyOrder(
              "my laptop", "my phone", "build-1", "build-1", byCode, byItsOwn);
    }

    @Test
    void names_it_by_its_code_while_the_previous_subkey_is_known() {
      var byCode = name(Map.of("client_id", "cli"), Map.of());

      assertThat(names(Shared.deployed(Map.of("HashVersion", "2")), user)).containsExactly(byCode);
      assertThat(names(Shared.deployed(Map.of("HashVersion", "3")), user))
          .containsExactly("Device Link Access Key");
    }

    @Test
    void leaves_out_the_code_while_kms_is_down() {
      var byCode = name(Map.of("client_id", "cli"), Map.of());
      var wire = new Wire();
      var cold = Shared.environments(wire);
      wire.follow((_, attempt) ->
          attempt.operation().equals("GenerateMac") ? Wire.Fate.LOST : Wire.Fate.ARRIVES);
      assertThat(names(cold, user)).containsExactly("Device Link Access Key");

      wire.follow((_, _) -> Wire.Fate.ARRIVES);
      Shared.CLOCK.advance(Duration.ofSeconds(30));
      assertThat(names(cold, user)).containsExactly(byCode);
    }

    @Test
    void shows_no_other_users_devices() {
      link();
      assertThat(api.keys("stranger").json().path("keys")).isEmpty();
    }

    @Test
    void leaves_out_expired_devices_and_keeps_those_that_can_refresh() {
      link();
      var renewable = api.link(user).text("access_token");
      Shared.CLOCK.advance(Duration.ofDays(1));

      assertThat(listed())
          .extracting(key -> key.path("key_id").asText())
          .containsExactly(idOf(renewable));
      Shared.CLOCK.advance(Duration.ofDays(29));
      assertThat(listed()).isEmpty();
    }
  }

  @Nested
  class Unlinking {
    @Test
    void revokes_this_key_at_once_and_no_other() {
      var one = link();
      var other = link();

      assertThat(api.revokeKey(user, idOf(one)).status()).isEqualTo(204);

      assertThat(api.whoami(one).status()).isEqualTo(403);
      assertThat(api.whoami(other).status()).isEqualTo(200);
      assertThat(listed()).hasSize(1);
      assertThat(api.revokeKey(user, idOf(one)).status()).as("again").isEqualTo(204);
    }

    @Test
    void of_another_users_or_an_unknown_key_is_not_found_and_changes_nothing() {
      var key = link();

      var anothers = api.revokeKey("stranger", idOf(key));
      assertThat(anothers.verdict()).isEqualTo("404 not_found");
      assertThat(api.revokeKey("stranger", "0000000000000000").body()).isEqualTo(anothers.body());
      assertThat(api.revokeKey("stranger", "x".repeat(3_000)).body()).isEqualTo(anothers.body());
      assertThat(api.whoami(key).status()).isEqualTo(200);
    }

    @Test
    void ends_refreshing_too() {
      var tokens = api.link(user);
      api.revokeKey(user, idOf(tokens.text("access_token")));

      assertThat(api.refresh(tokens.text("refresh_token")).verdict())
          .isEqualTo("400 invalid_grant");
    }

    @Test
    void is_not_for_keys() {
      var key = link();
      var headers = Map.of("authorization", "Bearer " + key);
      assertThat(api.call(new Api.Call("GET", "/keys", "", headers, "")).status()).isEqualTo(401);
      assertThat(api.call(new Api.Call("DELETE", "/keys", "", headers, "")).status())
          .isEqualTo(401);
    }
  }

  @Nested
  class SigningOutEverywhere {
    @Test
    void revokes_every_key_and_every_refresh_token() {
      var key = link();
      var tokens = api.link(user);

      assertThat(api.signOut(user).status()).isEqualTo(204);

      assertThat(api.whoami(key).status()).isEqualTo(403);
      assertThat(api.whoami(tokens.text("access_token")).status()).isEqualTo(403);
      assertThat(api.refresh(tokens.text("refresh_token")).verdict())
          .isEqualTo("400 invalid_grant");
      assertThat(listed()).isEmpty();
    }

    @Test
    void cancels_approved_and_claimed_grants() {
      var approved = api.codes();
      api.grant(user, approved.userCode());
      var claimed = api.codes();
      var nonce = api.claim(user, claimed.userCode()).text("approval_nonce");

      api.signOut(user);
      api.approve(user, claimed.userCode(), nonce);

      assertThat(api.poll(approved.deviceCode()).verdict()).isEqualTo("400 access_denied");
      assertThat(api.poll(claimed.deviceCode()).verdict()).isEqualTo("400 access_denied");
      assertThat(Tables.keyRowsOf(user)).isEmpty();
    }

    @Test
    void leaves_devices_linked_afterwards_alone() {
      api.signOut(user);
      Shared.CLOCK.advance(Duration.ofMillis(1));
      assertThat(api.whoami(link()).status()).isEqualTo(200);
    }

    @Test
    void leaves_other_users_alone() {
      var key = link();
      api.signOut("stranger");
      assertThat(api.whoami(key).status()).isEqualTo(200);
    }
  }

  @Nested
  class Revocation_rfc7009 {
    @Test
    void by_the_access_token_or_the_refresh_token_revokes_the_device() {
      for (var token : List.of("access_token", "refresh_token")) {
        var tokens = api.link(user);

        var reply = api.revoke(tokens.text(token));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(api.whoami(tokens.text("access_token")).status()).isEqualTo(403);
        assertThat(api.refresh(tokens.text("refresh_token")).verdict())
            .isEqualTo("400 invalid_grant");
      }
    }

    @Test
    void gets_the_same_response_for_any_token() {
      var key = link();
      var garbage = "kf_0000000000000000_" + "0".repeat(43) + "2yej2B";

      assertThat(api.revoke("nonsense").status()).isEqualTo(200);
      assertThat(api.revoke(garbage).status()).isEqualTo(200);
      var foreign = Map.of("client_id", "demo", "token", key, "token_type_hint", "access_token");
      assertThat(api.form("/oauth/revoke", foreign, Map.of()).status()).isEqualTo(200);
      assertThat(api.whoami(key).status()).as("another client's key").isEqualTo(200);
    }

    @Test
    void must_be_well_formed_and_from_a_known_client() {
      var unknown = Map.of("client_id", "nobody", "token", "x");
      assertThat(api.form("/oauth/revoke", unknown, Map.of()).verdict())
          .isEqualTo("401 invalid_client");
      var unproven = Map.of("client_id", "reports-api", "token", "x");
      assertThat(api.form("/oauth/revoke", unproven, Map.of()).verdict())
          .isEqualTo("401 invalid_client");
      assertThat(api.form("/oauth/revoke", Map.of("client_id", "cli"), Map.of()).verdict())
          .isEqualTo("400 invalid_request");
      var inQuery = "/oauth/revoke?token=x";
      var form = Map.of("client_id", "cli", "token", "x");
      assertThat(api.form(inQuery, form, Map.of()).verdict()).isEqualTo("400 invalid_request");
    }
  }

  @Nested
  class Disabling {
    private static final Map<String, String> STATUS =
        Map.of("disable", "disabled", "enable", "enabled", "sign_out", "signed_out");

    private static final List<String> INVALID =
        List.of(
            "",
            " ",
            "a\nb",
            "a\u0000",
            "a\u007F",
            "a\u0085",
            "a\ud83d",
            "x".repeat(256),
            "\ud83d\ude00".repeat(128));

    @Test
    void can_disable_every_subject_that_can_link_a_device() {
      for (var subject : INVALID) {
        var code = operator.codes().userCode();
        assertInvalid(operator.claim(subject, code));
        var nonce = operator.claim(user, code).text("approval_nonce");
        assertInvalid(operator.approve(subject, code, nonce));
        assertInvalid(operator.claimLogin(subject, Api.browserLogin()));
        var screen = operator.claimLogin(user, Api.browserLogin()).text("approval_nonce");
        assertInvalid(operator.approveLogin(subject, screen, Map.of()));
      }
      for (var subject : List.of("x".repeat(255), "a\u202eb", "auth0|5f", user)) {
        assertThat(operator.claim(subject, operator.codes().userCode()).status()).isEqualTo(200);
        var disable = Map.of("action", "disable", "subject", subject);
        assertThat(operator.operate("SubjectFunction", disable).path("changed").asBoolean())
            .isTrue();
        operator.operate("SubjectFunction", Map.of("action", "enable", "subject", subject));
      }
    }

    private static void assertInvalid(Reply reply) {
      assertThat(reply.verdict()).isEqualTo("400 invalid_request");
    }

    @Test
    void accepts_only_a_known_action_and_a_valid_subject() {
      for (var subject : INVALID) {
        assertRefused(Map.of("action", "disable", "subject", subject));
      }
      assertRefused(Map.of("action", "disable"));
      assertRefused(Map.of("subject", user));
      assertRefused(Map.of("action", "DISABLE", "subject", user));
      assertRefused(Map.of("action", "disable", "subject", user, "until", "tomorrow"));
      assertThat(set("enable")).as("never disabled").isFalse();
      var longest = Map.of("action", "enable", "subject", "x".repeat(255));
      assertThat(operator.operate("SubjectFunction", longest).path("changed").asBoolean())
          .isFalse();
    }

    private void assertRefused(Map<String, String> event) {
      assertThatIllegalArgumentException()
          .as("%s", event)
          .isThrownBy(() -> operator.operate("SubjectFunction", event))
          .withMessageNotContaining(user);
    }

    private boolean set(String action) {
      var answer = operator.operate("SubjectFunction", Map.of("action", action, "subject", user));
      assertThat(answer.path("subject").asText()).isEqualTo(user);
      assertThat(answer.path("status").asText()).isEqualTo(STATUS.get(action));
      return answer.path("changed").asBoolean();
    }

    @Test
    void is_separate_from_signing_out_which_is_final_and_disables_no_one() {
      var key = link();
      var tokens = api.link(user);
      var approved = api.codes();
      api.grant(user, approved.userCode());
      Shared.CLOCK.advance(Duration.ofMillis(1));

      assertThat(set("sign_out")).isTrue();

      assertThat(set("enable")).as("not disabled").isFalse();
      assertThat(api.whoami(key).status()).isEqualTo(403);
      assertThat(api.refresh(tokens.text("refresh_token")).verdict())
          .isEqualTo("400 invalid_grant");
      assertThat(api.poll(approved.deviceCode()).verdict()).isEqualTo("400 access_denied");
      Shared.CLOCK.advance(Duration.ofMillis(1));
      assertThat(api.whoami(link()).status()).as("a device linked afterwards").isEqualTo(200);
    }

    @Test
    void stops_everything_of_the_subject_until_it_is_lifted() {
      var key = link();
      var polled = api.codes();
      api.grant(user, polled.userCode());
      var approved = api.codes();
      api.grant(user, approved.userCode());
      var tokens = api.link(user);
      assertThat(set("disable")).isTrue();
      assertThat(set("disable")).as("again").isFalse();
      assertThat(api.refresh(tokens.text("refresh_token")).verdict())
          .isEqualTo("400 invalid_grant");
      Shared.CLOCK.advance(Duration.ofMinutes(1));
      assertThat(api.whoami(key).status()).isEqualTo(403);
      assertThat(api.poll(polled.deviceCode()).verdict()).isEqualTo("400 access_denied");

      assertThat(set("enable")).isTrue();
      assertThat(set("enable")).as("again").isFalse();
      assertThat(api.refresh(tokens.text("refresh_token")).status())
          .as("a code refused meanwhile is still valid")
          .isEqualTo(200);
      assertThat(api.whoami(key).status()).isEqualTo(200);
      assertThat(api.poll(approved.deviceCode()).verdict())
          .as("a login that ended meanwhile, although its device did not ask")
          .isEqualTo("400 access_denied");
      assertThat(api.poll(polled.deviceCode()).verdict())
          .as("a login that ended meanwhile")
          .isEqualTo("400 access_denied");
    }

    @Test
    void leaves_no_approval_that_becomes_a_key_after_it_is_lifted() {
      assertThat(set("disable")).isTrue();
      var polled = api.codes();
      api.grant(user, polled.userCode());
      var silent = api.codes();
      api.grant(user, silent.userCode());
      var codes =
          List.of(
              api.authorizationCode(user, Api.browserLogin()),
              api.authorizationCode(user, Api.browserLogin()));
      assertThat(api.poll(polled.deviceCode()).verdict()).isEqualTo("400 access_denied");
      assertThat(api.redeem(codes.getFirst()).verdict()).isEqualTo("400 invalid_grant");
      Shared.CLOCK.advance(Duration.ofMillis(1));

      assertThat(set("enable")).isTrue();

      for (var device : List.of(polled, silent)) {
        assertThat(api.poll(device.deviceCode()).verdict()).isEqualTo("400 access_denied");
      }
      for (var code : codes) {
        assertThat(api.redeem(code).verdict()).isEqualTo("400 invalid_grant");
      }
      assertThat(listed()).isEmpty();
      Shared.CLOCK.advance(Duration.ofMillis(1));
      assertThat(api.whoami(link()).status()).as("a device linked afterwards").isEqualTo(200);
      assertThat(api.redeem(api.authorizationCode(user, Api.browserLogin())).status())
          .isEqualTo(200);
    }
  }
}
