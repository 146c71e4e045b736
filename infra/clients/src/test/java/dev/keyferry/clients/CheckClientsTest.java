package dev.keyferry.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckClientsTest {
  private static final Path OF_INFRA = Path.of("../clients.yaml");

  @TempDir private Path directory;

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  private int run(Path yaml) throws IOException {
    return CheckClients.run(yaml, json(), new PrintStream(errors, true, UTF_8));
  }

  private Path json() {
    return directory.resolve("new/clients.json");
  }

  @Test
  void the_file_of_infra_has_no_errors() throws IOException {
    assertThat(run(OF_INFRA)).isZero();
    assertThat(errors.toString(UTF_8)).isEmpty();
    assertThat(json()).content().contains("\"client_id\"");
  }

  @Test
  void the_example_of_a_confidential_client_needs_only_a_hash() throws IOException {
    var shown =
        Files.readString(OF_INFRA)
            .replaceAll(
                "(?m)^  # (- client_id: |  client_name: |  secret_|  introspects: )", "  $1")
            .replace("<the 64 hexadecimal digits>", "ab".repeat(32));

    assertThat(run(Files.writeString(directory.resolve("clients.yaml"), shown))).isZero();
    assertThat(json()).content().contains("\"introspects\": true");
  }

  @Test
  void a_file_without_errors_becomes_the_artifacts_configuration() throws IOException {
    var yaml =
        """
        clients:
          - client_id: cli
            client_name: 'A "tool" \\ büro'
            grant_types: [device_code, refresh_token]
            scopes: [read, offline_access]
            default_lifetime: 1h
            max_lifetime: 1d
            confirmation: always
            redirect_uris: ["http://127.0.0.1/callback"]
          - {client_id: api, client_name: API, introspects: true, secret_sha256: %s}
        scopes:
          offline_access: {ja: '"連携"を継続', en: Stay}
          read: {en: Read}
        """
            .formatted("AB".repeat(32));

    assertThat(run(Files.writeString(directory.resolve("clients.yaml"), yaml))).isZero();
    assertThat(json())
        .hasContent(
            """
            {
              "clients": [
                {
                  "client_id": "cli",
                  "client_name": "A \\"tool\\" \\\\ büro",
                  "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token", "authorization_code"],
                  "scopes": ["read", "offline_access"],
                  "default_lifetime": 3600,
                  "max_lifetime": 86400,
                  "confirmation": "always",
                  "redirect_uris": ["http://127.0.0.1/callback"]
                },
                {
                  "client_id": "api",
                  "client_name": "API",
                  "secret_sha256": "%s",
                  "introspects": true
                }
              ],
              "scopes": [
                {"scope": "read", "description": {"en": "Read"}},
                {"scope": "offline_access", "description": {"en": "Stay", "ja": "\\"連携\\"を継続"}}
              ]
            }
            """
                .formatted("ab".repeat(32)));
  }

  @Test
  void a_file_with_errors_is_refused_with_a_line_for_each() throws IOException {
    var yaml =
        Files.writeString(
            directory.resolve("clients.yaml"),
            """
            clients:
              - client_id: cli
                client_name: Tool
                grant_types: [device_code]
                scopes: [read, offline_access]
                max_lifetime: 400d
            """);

    assertThat(run(yaml)).isEqualTo(1);
    assertThat(errors.toString(UTF_8).lines())
        .containsExactly(
            yaml + ":5: offline_access requires the grant type refresh_token",
            yaml + ":6: max_lifetime 400d is more than 365d");
  }

  @Test
  void errors_remove_the_output_of_an_earlier_build() throws IOException {
    run(OF_INFRA);
    assertThat(json()).exists();

    run(Files.writeString(directory.resolve("clients.yaml"), "clients: []"));

    assertThat(json()).doesNotExist();
  }

  @Test
  void a_missing_file_is_refused() throws IOException {
    assertThat(run(Path.of("gone.yaml"))).isEqualTo(1);
    assertThat(errors.toString(UTF_8)).startsWith("gone.yaml: no such file");
  }
}
