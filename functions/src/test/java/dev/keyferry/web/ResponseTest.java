package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.OAuthError;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class ResponseTest {
  private static ObjectNode read(Response response) {
    return StrictJson.read(response.body(), ObjectNode.class);
  }

  @Test
  void is_never_kept_by_a_cache() {
    assertThat(Response.json(200, Map.of()).headers())
        .containsEntry("cache-control", "no-store")
        .containsEntry("content-type", "application/json");
    assertThat(Response.error(OAuthError.INVALID_GRANT).headers())
        .containsEntry("cache-control", "no-store");
  }

  @Test
  void contains_error_and_description_and_nothing_else() {
    var body = read(Response.error(OAuthError.EXPIRED_TOKEN));

    assertThat(body.path("error").textValue()).isEqualTo("expired_token");
    assertThat(body.path("error_description").textValue())
        .isEqualTo("the device code has expired; start again");
    assertThat(body.has("interval")).isFalse();
  }

  @Test
  void contains_the_longer_interval_with_slow_down() {
    var slowDown =
        new OAuthError(OAuthError.Code.SLOW_DOWN, "too early", Optional.of(Duration.ofSeconds(10)));

    var response = Response.error(slowDown);

    assertThat(response.status()).isEqualTo(400);
    assertThat(read(response).path("interval").intValue()).isEqualTo(10);
  }

  @Test
  void asks_for_a_retry_after_an_outage() {
    var response = Response.error(OAuthError.TEMPORARILY_UNAVAILABLE);

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.headers()).containsEntry("retry-after", "5");
  }

  @Test
  void is_slow_down_over_a_limit_and_says_when_to_retry() {
    var pause = Optional.of(Duration.ofMillis(1_001));

    var response = Response.error(new OAuthError(OAuthError.Code.OVER_LIMIT, "no", pause));

    assertThat(response.status()).isEqualTo(429);
    assertThat(response.headers()).containsEntry("retry-after", "2");
    var body = read(response);
    assertThat(body.path("error").textValue()).isEqualTo("slow_down");
    assertThat(body.has("interval")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {
        "INVALID_CLIENT",
        "INVALID_USER_CODE",
        "NOT_FOUND",
        "OVER_LIMIT",
        "TEMPORARILY_UNAVAILABLE"
      })
  void is_400_for_other_refusals(OAuthError.Code code) {
    var response = Response.error(OAuthError.of(code, "no"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.headers()).doesNotContainKey("retry-after");
  }

  @Test
  void is_401_for_an_unknown_client_and_404_for_an_unknown_user_code() {
    assertThat(Response.error(OAuthError.of(OAuthError.Code.INVALID_CLIENT, "no")).status())
        .isEqualTo(401);
    assertThat(Response.error(OAuthError.INVALID_USER_CODE).status()).isEqualTo(404);
  }
}
