package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Tests of RFC 7662, for confidential clients that use `client_secret_basic`.
class IntrospectionTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final OverHttp api = new OverHttp(Shared.stack());
  private final String user = "asked-about-" + UUID.randomUUID();

  @Test
  void describes_a_valid_access_token() {
    var tokens = api.link(user);

    var found = api.introspect(tokens.text("access_token"));

    assertThat(found.status()).isEqualTo(200);
    assertThat(found.headers()).containsEntry("cache-control", "no-store");
    assertThat(found.json().path("active").asBoolean()).isTrue();
    assertThat(found.text("sub")).isEqualTo(user);
    assertThat(found.text("client_id")).isEqualTo("cli");
    assertThat(found.text("scope")).isEqualTo(tokens.text("scope"));
    assertThat(found.text("token_type")).isEqualTo("Bearer");
    assertThat(found.text("iss")).isEqualTo(Shared.stack().url().toString());
    assertThat(tokens.text("access_token")).startsWith("kf_" + found.text("jti") + "_");
    assertThat(found.json().path("exp").asLong())
        .isCloseTo(Shared.CLOCK.instant().getEpochSecond() + 86_400, offset(60L));
  }

  @Test
  void describes_a_refreshed_tokens_grace_as_whoami_does_and_says_nothing_about_a_refresh_token() {
    var tokens = api.link(user);
    assertThat(api.introspect(tokens.text("refresh_token")).body()).isEqualTo(INACTIVE);
    api.refresh(tokens.text("refresh_token"));
    var now = Shared.CLOCK.instant().getEpochSecond();

    var before = api.introspect(tokens.text("access_token"));

    assertThat(before.json().path("exp").asLong()).isBetween(now + 50, now + 61);
    assertThat(api.whoami(tokens.text("access_token")).json().path("exp"))
        .isEqualTo(before.json().path("exp"));
  }

  @Test
  void counts_as_a_use_of_the_key() {
    var token = api.link(user).text("access_token");
    assertThat(api.keys(user).json().at("/keys/0").has("last_used_at")).isFalse();
    api.introspect(token);
    assertThat(api.keys(user).json().at("/keys/0").has("last_used_at")).isTrue();
  }

  @Test
  void ends_the_redelivery_of_the_key() {
    var same = Map.of("idempotency-key", UUID.randomUUID().toString());
    var codes = api.codes();
    api.grant(user, codes.userCode());
    var issued = api.poll(codes.deviceCode(), Map.of(), same);
    assertThat(api.poll(codes.deviceCode(), Map.of(), same).body()).isEqualTo(issued.body());
    api.introspect(issued.text("access_token"));
    assertThat(api.poll(codes.deviceCode(), Map.of(), same).verdict())
        .isEqualTo("400 invalid_grant");
  }

  @Test
  void confirms_that_a_refreshed_token_arrived() {
    var token = api.link(user).text("refresh_token");
    api.introspect(api.refresh(token).text("access_token"));
    assertThat(api.refresh(token).verdict()).isEqualTo("400 invalid_grant");
  }

  @Test
  void says_nothing_about_an_invalid_token() {
    assertThat(api.introspect("nonsense").body()).isEqualTo(INACTIVE);
    assertThat(api.introspect("kf_0000000000000000_" + "0".repeat(43) + "2yej2B").body())
        .isEqualTo(INACTIVE);
    var revoked = api.link(user);
    api.revoke(revoked.text("access_token"));
    assertThat(api.introspect(revoked.text("access_token")).body()).isEqualTo(INACTIVE);
    assertThat(api.introspect(revoked.text("refresh_token")).body()).isEqualTo(INACTIVE);
    var signedOut = api.link(user);
    api.signOut(user);
    assertThat(api.introspect(signedOut.text("access_token")).body()).isEqualTo(INACTIVE);
    assertThat(api.introspect(signedOut.text("refresh_token")).body()).isEqualTo(INACTIVE);
    Shared.CLOCK.advance(Duration.ofMillis(1));
    var expired = api.link(user);
    Shared.CLOCK.advance(Duration.ofDays(1));
    assertThat(api.introspect(expired.text("access_token")).body()).isEqualTo(INACTIVE);
  }

  @Test
  void is_only_for_authenticated_clients_that_may_introspect() {
    var refused = api.introspect("reports-api", "wrong", "x");
    assertThat(refused.verdict()).isEqualTo("401 invalid_client");
    assertThat(refused.headers()).containsEntry("www-authenticate", "Basic realm=\"keyferry\"");
    assertThat(api.introspect("nobody", Api.API_SECRET, "x").verdict())
        .isEqualTo("401 invalid_client");
    assertThat(api.introspect("cli", "", "x").verdict()).isEqualTo("401 invalid_client");
    assertThat(api.form("/oauth/introspect", Map.of("token", "x"), Map.of()).verdict())
        .isEqualTo("401 invalid_client");
    assertThat(api.introspect("nosy-api", Api.API_SECRET, "x").verdict())
        .isEqualTo("400 unauthorized_client");
    var inForm = Map.of("client_id", "reports-api", "client_secret", Api.API_SECRET, "token", "x");
    assertThat(api.form("/oauth/introspect", inForm, Map.of()).verdict())
        .isEqualTo("401 invalid_client");
  }

  /// RFC 6749 §2.3.
  @Test
  void is_invalid_request_with_credentials_in_the_header_and_in_the_form() {
    var secret = Api.API_SECRET;
    var both = Map.of("client_id", "reports-api", "client_secret", secret, "token", "x");
    assertThat(api.form("/oauth/introspect", both, Api.basic("reports-api", secret)).verdict())
        .isEqualTo("400 invalid_request");
    assertThat(api.form("/oauth/introspect", both, Api.basic("reports-api", "wrong")).verdict())
        .isEqualTo("400 invalid_request");
    var other = Map.of("client_id", "nosy-api", "token", "x");
    assertThat(api.form("/oauth/introspect", other, Api.basic("reports-api", secret)).verdict())
        .isEqualTo("400 invalid_request");

    var same = Map.of("client_id", "reports-api", "client_secret", "", "token", "x");
    assertThat(api.form("/oauth/introspect", same, Api.basic("reports-api", secret)).body())
        .isEqualTo(INACTIVE);
  }

  @Test
  void requires_a_token() {
    assertThat(api.introspect("").verdict()).isEqualTo("400 invalid_request");
  }
}
