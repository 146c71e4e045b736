package dev.keyferry.lambda;

import static dev.keyferry.flow.Client.DEVICE_CODE_GRANT;
import static dev.keyferry.flow.Client.REFRESH_GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.clients.CheckClients;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientsTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  private final Clients clients =
      Clients.parse(
          """
          {"clients": [
            {"client_id": "cli", "client_name": "Tool", "scopes": ["read", "write"],
             "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
             "default_lifetime": 60, "max_lifetime": 120, "confirmation": "always"},
            {"client_id": "web", "client_name": "Web", "scopes": ["read"],
             "grant_types": ["refresh_token"], "default_lifetime": 60, "max_lifetime": 60,
             "confirmation": "off"},
            {"client_id": "api", "client_name": "An API", "introspects": true,
             "secret_sha256": "%s"},
            {"client_id": "idle", "client_name": "Idle", "secret_sha256": "%s"}],
           "scopes": [{"scope": "read", "description": {"en": "Look", "de": "Lesen"}}]}
          """
              .formatted(HASH, HASH));

  private Code refusal(String clientId) {
    var answer = clients.publicClient(clientId, DEVICE_CODE_GRANT);
    assertThat(answer).isInstanceOf(Declined.class);
    return ((Declined<Client>) answer).error().code();
  }

  @Test
  void a_registered_client_is_what_its_entry_says() {
    var client = registered("cli");

    assertThat(clients.publicClient("cli", DEVICE_CODE_GRANT)).isEqualTo(new Given<>(client));
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
  void a_confidential_client_without_its_secret_is_an_invalid_client() {
    assertThat(refusal("api")).isEqualTo(Code.INVALID_CLIENT);
  }

  @Test
  void a_confidential_client_has_a_secret_and_no_settings_for_keys() {
    var client = registered("api");

    assertThat(client.name()).isEqualTo("An API");
    assertThat(client.secretHash()).contains(HASH);
    assertThat(client.introspects()).isTrue();
    assertThat(client.grantTypes()).isEmpty();
    assertThat(client.scopes().tokens()).isEmpty();
    assertThat(client.maxLifetime()).isZero();
  }

  @Test
  void a_client_introspects_only_if_its_entry_says_so() {
    assertThat(registered("idle").introspects()).isFalse();
    assertThat(registered("cli").introspects()).isFalse();
    assertThat(registered("cli").secretHash()).isEmpty();
  }

  private Client registered(String id) {
    return clients.find(id).orElseThrow();
  }

  @Test
  void a_client_that_is_no_longer_registered_still_has_a_display_name() {
    assertThat(clients.nameOf("cli")).isEqualTo("Tool");
    assertThat(clients.nameOf("gone")).isEqualTo("gone");
  }

  @Test
  void a_client_sets_its_confirmation_policy_and_a_removed_one_has_the_default() {
    assertThat(clients.confirmationOf("cli")).isEqualTo(ConfirmationPolicy.ALWAYS);
    assertThat(clients.confirmationOf("web")).isEqualTo(ConfirmationPolicy.OFF);
    assertThat(clients.confirmationOf("gone")).isEqualTo(ConfirmationPolicy.MISMATCH);
  }

  @Test
  void a_scope_has_only_the_operators_descriptions() {
    assertThat(clients.describe("read")).contains(Map.of("en", "Look", "de", "Lesen"));
    assertThat(clients.describe("write")).isEmpty();
    assertThat(clients.with(registered("cli")).describe("read")).isPresent();
  }

  @Test
  void the_artifact_describes_every_scope_in_every_language() {
    var artifact = Clients.ofArtifact();

    assertThat(artifact.scopes().tokens())
        .allSatisfy(scope ->
            assertThat(artifact.describe(scope).orElseThrow())
                .containsOnlyKeys("en", "de", "es", "ja", "ar"));
  }

  @Test
  void the_artifact_contains_exactly_the_clients_of_infra(@TempDir Path directory)
      throws IOException {
    var json = directory.resolve("clients.json");
    CheckClients.main(new String[] {"../infra/clients.yaml", json.toString()});

    try (var carried = Clients.class.getResourceAsStream("clients.json")) {
      assertThat(carried).hasBinaryContent(Files.readAllBytes(json));
    }
    assertThat(Clients.ofArtifact().scopes().tokens()).isNotEmpty();
  }

  @Test
  void the_handlers_read_what_the_build_writes(@TempDir Path directory) throws IOException {
    var yaml =
        Files.writeString(
            directory.resolve("clients.yaml"),
            """
            clients:
              - client_id: cli
                client_name: 'Ada''s "tool" \\ büro 💻'
                grant_types: [device_code, refresh_token]
                scopes: [read, 'keys:*', offline_access]
                default_lifetime: 90m
                max_lifetime: 7d
              - client_id: api
                client_name: An API
                secret_sha256: %s
                introspects: true
            scopes:
              'keys:*': {en: 'Any "key"', ja: 鍵}
            """
                .formatted(HASH));
    var json = directory.resolve("clients.json");
    CheckClients.main(new String[] {yaml.toString(), json.toString()});

    var read = Clients.parse(Files.readString(json));
    assertThat(List.of(read.find("cli").orElseThrow(), read.find("api").orElseThrow()))
        .containsExactly(
            new Client(
                "cli",
                "Ada's \"tool\" \\ büro 💻",
                Set.of(DEVICE_CODE_GRANT, REFRESH_GRANT),
                new Scope(List.of("read", "keys:*", Scope.OFFLINE_ACCESS)),
                Duration.ofMinutes(90),
                Duration.ofDays(7)),
            Client.confidential("api", "An API", HASH, true));
    assertThat(read.confirmationOf("cli")).isEqualTo(ConfirmationPolicy.MISMATCH);
    assertThat(read.describe("keys:*")).contains(Map.of("en", "Any \"key\"", "ja", "鍵"));
  }
}
