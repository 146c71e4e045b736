package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.web.MalformedRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientsTest {
  private final Clients clients =
      Clients.parse(
          """
          {"clients": [
            {"client_id": "cli", "client_name": "Tool", "scopes": ["read", "write"],
             "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
             "default_lifetime": 60, "max_lifetime": 120},
            {"client_id": "web", "client_name": "Web", "scopes": ["read"],
             "grant_types": ["refresh_token"], "default_lifetime": 60, "max_lifetime": 60}]}
          """);

  private Code refusal(String clientId) {
    return catchThrowableOfType(
            MalformedRequest.class, () -> clients.require(clientId, DEVICE_CODE_GRANT))
        .error()
        .code();
  }

  @Test
  void a_registered_client_is_what_its_entry_says() {
    var client = clients.require("cli", DEVICE_CODE_GRANT);

    assertThat(client.name()).isEqualTo("Tool");
    assertThat(client.scopes()).hasToString("read write");
    assertThat(client.defaultLifetime()).isEqualTo(Duration.ofMinutes(1));
    assertThat(client.maxLifetime()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void an_unknown_client_is_an_invalid_client() {
    assertThat(refusal("nobody")).isEqualTo(Code.INVALID_CLIENT);
  }

  @Test
  void a_client_without_the_device_grant_is_an_unauthorized_client() {
    assertThat(refusal("web")).isEqualTo(Code.UNAUTHORIZED_CLIENT);
  }

  @Test
  void a_client_that_is_registered_no_more_still_has_a_name_for_people() {
    assertThat(clients.nameOf("cli")).isEqualTo("Tool");
    assertThat(clients.nameOf("gone")).isEqualTo("gone");
  }

  @Test
  void the_artifact_carries_the_clients_of_infra() {
    assertThat(Clients.ofArtifact().require("cli", DEVICE_CODE_GRANT).name())
        .isEqualTo("Keyferry CLI");
    assertThat(Clients.ofArtifact().require("demo", DEVICE_CODE_GRANT).name())
        .isEqualTo("Demo tool");
  }
}
