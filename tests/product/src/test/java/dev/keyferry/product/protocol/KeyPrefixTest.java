package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Template;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Tests of a stack whose keys have another prefix, and of a stack whose operator changes the
/// prefix while it runs.
class KeyPrefixTest {
  private static final String FORM = "[0-9A-Za-z]{16}_[0-9A-Za-z]{49}";

  private final DirectApi before = Shared.deployed(Map.of());
  private final DirectApi after = Shared.deployed(Map.of("KeyPrefix", "acme"));
  private final String user = "renamed-" + UUID.randomUUID();

  private void assertWorks(DirectApi api, Reply tokens) {
    var token = tokens.text("access_token");
    assertThat(api.whoami(token).text("sub")).isEqualTo(user);
    assertThat(api.introspect(token).json().path("active").asBoolean()).isTrue();
  }

  @Test
  void keys_from_both_flows_begin_with_the_operators_prefix_and_work() {
    var byBrowser = after.redeem(after.authorizationCode(user, Api.browserLogin()));
    var byCode = after.link(user);
    for (var tokens : new Reply[] {byCode, byBrowser}) {
      assertThat(tokens.text("access_token")).matches("acme_" + FORM);
      assertThat(tokens.text("refresh_token")).matches("acmer_" + FORM);
      assertWorks(after, tokens);
    }
    var renewed = after.refresh(byCode.text("refresh_token"));
    assertThat(renewed.text("access_token")).matches("acme_" + FORM);
    assertWorks(after, renewed);

    after.revoke(renewed.text("refresh_token"));

    assertThat(after.whoami(renewed.text("access_token")).status()).isEqualTo(403);
    after.revoke(byBrowser.text("access_token"));
    assertThat(after.refresh(byBrowser.text("refresh_token")).verdict())
        .isEqualTo("400 invalid_grant");
  }

  @Test
  void a_key_from_before_the_change_verifies_refreshes_and_can_be_revoked_after_it() {
    var tokens = before.link(user);
    assertWorks(after, tokens);

    var renewed = after.refresh(tokens.text("refresh_token"));

    assertThat(renewed.text("access_token")).matches("kf_" + FORM);
    assertThat(renewed.text("refresh_token")).matches("kfr_" + FORM);
    assertWorks(after, renewed);
    after.revoke(renewed.text("access_token"));
    assertThat(after.whoami(renewed.text("access_token")).status()).isEqualTo(403);
  }

  /// During a canary deployment, the old version runs next to the new one.
  @Test
  void either_version_repeats_a_lost_response() {
    var once = Map.of("idempotency-key", UUID.randomUUID().toString());
    var tokens = after.link(user).text("refresh_token");

    var renewed = after.refresh(tokens, once);

    assertThat(before.refresh(tokens, once).body()).isEqualTo(renewed.body());
    assertWorks(before, renewed);
  }

  @Test
  void a_reused_refresh_token_revokes_the_device_at_either_version() {
    var first = before.link(user).text("refresh_token");
    var second = after.refresh(first).text("refresh_token");
    var third = before.refresh(second);

    assertThat(after.refresh(first).verdict()).isEqualTo("400 invalid_grant");

    assertThat(before.whoami(third.text("access_token")).status()).isEqualTo(403);
  }

  @Test
  void the_template_and_the_functions_allow_the_same_prefixes() throws IOException {
    var parameter =
        new Template(Shared.ROOT.resolve("template.yaml"), Map.of())
            .section("Parameters")
            .path("KeyPrefix");

    assertThat(parameter.path("AllowedPattern").asText()).isEqualTo("^" + TokenPrefix.FORM + "$");
    assertThat(parameter.path("Default").asText()).isEqualTo(TokenPrefix.DEFAULT.value());
    assertThat("x".repeat(parameter.path("MaxLength").asInt())).matches(TokenPrefix.FORM);
  }
}
