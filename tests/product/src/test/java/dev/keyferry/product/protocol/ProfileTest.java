package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the profile claims that a client may greet the user with: those of the approving user's
/// token, and no others.
class ProfileTest {
  private static final List<String> MEMBERS = List.of("name", "email", "organisation");

  private final OverHttp api = new OverHttp(Shared.stack());
  private final String user = "greeted-" + UUID.randomUUID();

  private void assertGreets(Reply reply) {
    assertThat(reply.text("sub")).isEqualTo(user);
    assertThat(reply.text("name")).isEqualTo("G" + user.substring(1));
    assertThat(reply.text("email")).isEqualTo(user + "@example.com");
    assertThat(reply.text("organisation")).isEqualTo("example");
  }

  @Test
  void the_token_response_refreshes_and_whoami_name_the_approving_user() {
    var linked = api.link(user);
    assertGreets(linked);
    assertGreets(api.whoami(linked.text("access_token")));

    var renewed = api.refresh(linked.text("refresh_token"));
    assertGreets(renewed);
    assertGreets(api.whoami(renewed.text("access_token")));
  }

  @Test
  void a_repeated_response_has_the_same_profile() {
    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var codes = api.codes(Api.OFFLINE);
    api.grant(user, codes.userCode());
    var first = api.poll(codes.deviceCode(), Map.of(), samePoll);
    assertGreets(first);
    assertThat(api.poll(codes.deviceCode(), Map.of(), samePoll).body()).isEqualTo(first.body());

    var sameRefresh = Map.of("idempotency-key", UUID.randomUUID().toString());
    var renewed = api.refresh(first.text("refresh_token"), sameRefresh);
    assertThat(api.refresh(first.text("refresh_token"), sameRefresh).body())
        .isEqualTo(renewed.body());
  }

  private static final DirectApi HANDLERS = Shared.environments(new Wire());

  @ParameterizedTest
  @ValueSource(
      strings = {"", "two\nlines", "\u202Eeve", "half \uD83D", "[a b]", "map[a:b]", "\u001B[2J"})
  void a_claim_that_is_not_a_line_of_text_is_left_out_without_an_error(String hostile) {
    var claiming = HANDLERS.claiming(Map.of("name", hostile, "email", hostile, "org_id", hostile));

    var linked = claiming.link(user);

    assertThat(linked.status()).isEqualTo(200);
    assertThat(linked.text("sub")).isEqualTo(user);
    assertThat(MEMBERS).noneMatch(linked.json()::has);
    var whoami = claiming.whoami(linked.text("access_token"));
    assertThat(whoami.status()).isEqualTo(200);
    assertThat(MEMBERS).noneMatch(whoami.json()::has);
  }

  @Test
  void a_claim_named_like_a_response_member_changes_nothing() {
    var claiming = HANDLERS.claiming(Map.of("organisation", "acme", "name", "\"},\"sub\":\"eve"));

    var linked = claiming.link(user);

    assertThat(linked.json().has("organisation")).isFalse();
    assertThat(linked.text("name")).isEqualTo("\"},\"sub\":\"eve");
    var whoami = claiming.whoami(linked.text("access_token"));
    assertThat(whoami.text("sub")).isEqualTo(user);
    assertThat(whoami.text("name")).isEqualTo("\"},\"sub\":\"eve");
  }

  @Test
  void an_approval_repeated_under_another_name_keeps_the_first_name() {
    var codes = HANDLERS.codes();
    var nonce = HANDLERS.claim(user, codes.userCode()).text("approval_nonce");
    var ada = HANDLERS.claiming(Map.of("name", "Ada"));
    var eve = HANDLERS.claiming(Map.of("name", "Eve", "email", "eve@example.com"));

    assertThat(ada.approve(user, codes.userCode(), nonce).verdict()).isEqualTo("200");
    assertThat(eve.approve(user, codes.userCode(), nonce).verdict()).isEqualTo("200");

    var key = HANDLERS.poll(codes.deviceCode());
    assertThat(key.text("name")).isEqualTo("Ada");
    assertThat(key.json().has("email")).isFalse();
    assertThat(ada.approve(user, codes.userCode(), nonce).verdict()).isEqualTo("200");
  }

  @Test
  void a_deployment_without_profile_claims_stores_none() {
    var claims = Map.of("name", "Ada", "email", user + "@example.com", "org_id", "acme");
    var none = Map.of("NameClaim", "", "EmailClaim", "", "OrganisationClaim", "");

    var codes = api.codes();
    Shared.deployed(none).from("127.0.0.1").claiming(claims).grant(user, codes.userCode());

    assertThat(Tables.grant(codes.deviceCode()).keySet())
        .contains("approval_seal")
        .noneMatch(attribute -> attribute.startsWith("user_"));
    assertThat(api.poll(codes.deviceCode()).status()).isEqualTo(200);
    assertThat(Tables.keyRowsOf(user).getFirst().keySet())
        .noneMatch(attribute -> attribute.startsWith("user_"));
  }

  @Test
  void a_deployment_can_use_other_claims() {
    var own = Map.of("NameClaim", "custom:nick", "OrganisationClaim", "https://acme.example/org");
    var claims =
        Map.of("name", "Ada", "custom:nick", "Countess", "https://acme.example/org", "Engines");

    var linked = Shared.deployed(own).claiming(claims).link(user);

    assertThat(linked.text("name")).isEqualTo("Countess");
    assertThat(linked.text("organisation")).isEqualTo("Engines");
  }
}
