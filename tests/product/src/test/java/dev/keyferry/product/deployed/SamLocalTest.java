package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.local.InvokeApi;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Template;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/// Tests of `infra/localstack` and of how `sam local` reads the template. See docs/decisions/0020.
class SamLocalTest {
  private static final Path FOLDER = Shared.ROOT.resolve("infra/localstack");
  private static final Path FILE = Shared.ROOT.resolve("template.yaml");
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  private static JsonNode json(String file) throws IOException {
    return JSON.readTree(Files.readString(FOLDER.resolve(file)));
  }

  /// The part of `samconfig.toml` that defines `--config-env local`.
  private static String samconfig() throws IOException {
    var text = Files.readString(Shared.ROOT.resolve("samconfig.toml"));
    return text.substring(text.indexOf("[local.global.parameters]"));
  }

  private static Stream<MatchResult> inSamconfig(String pattern) throws IOException {
    return Pattern.compile(pattern).matcher(samconfig()).results();
  }

  private static Map<String, String> overrides() throws IOException {
    return inSamconfig("\"(\\w+)=(.*)\"").collect(toMap(set -> set.group(1), set -> set.group(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Grants", "Keys"})
  void the_tables_match_the_template(String table) throws IOException {
    var template = new Template(FILE, Map.of()).properties(table + "Table");
    var made = (ObjectNode) json("tables/" + table + ".json");

    assertThat(json("ttl.json")).isEqualTo(template.path("TimeToLiveSpecification"));
    assertThat(made.remove("TableName").asText()).isEqualTo(table);
    var names =
        List.of("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes");
    assertThat((JsonNode) made).isEqualTo(((ObjectNode) template).retain(names));
  }

  @Test
  void the_hash_key_matches_the_template() throws IOException {
    var template = (ObjectNode) new Template(FILE, Map.of()).properties("HashKey");

    assertThat(json("hash-key.json")).isEqualTo(template.retain(List.of("KeySpec", "KeyUsage")));
  }

  @Test
  void the_environment_sets_the_endpoint_and_the_names_that_cloudformation_would_set()
      throws IOException {
    var template = new Template(FILE, Map.of());
    var resources = template.section("Resources");
    var shared = template.section("Globals").at("/Function/Environment/Variables");

    var needed =
        Stream.concat(
                shared
                    .propertyStream()
                    .filter(variable -> variable.getValue().asText().isEmpty())
                    .map(Map.Entry::getKey),
                template.functions().stream()
                    .flatMap(function -> function.environment().entrySet().stream())
                    .filter(variable -> resources.has(variable.getValue().split("\\.", 2)[0]))
                    .map(Map.Entry::getKey))
            .collect(toSet());

    assertThat(json("env.json").path("Parameters").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(needed);
  }

  @Test
  void the_environment_names_what_the_compose_file_starts_and_the_setup_creates()
      throws IOException {
    var compose =
        JSON.valueToTree(new Yaml().load(Files.readString(FOLDER.resolve("compose.yaml"))));
    var environment = json("env.json").path("Parameters");
    var setup = Files.readString(FOLDER.resolve("setup"));

    assertThat(environment.path("KEYFERRY_AWS_ENDPOINT").asText())
        .isEqualTo("http://aws:4566")
        .isEqualTo(compose.at("/services/setup/environment/AWS_ENDPOINT_URL").asText());
    assertThat(compose.at("/services/aws/ports/0").asText()).isEqualTo("127.0.0.1:4566:4566");
    assertThat(compose.at("/services/aws/image").asText()).endsWith(":-" + LocalStack.IMAGE + "}");
    assertThat(compose.at("/services/setup/image").asText()).endsWith(":-" + SetupTest.IMAGE + "}");
    assertThat(environment.path("KEYFERRY_AWS_ENDPOINT").asText()).contains(LocalStack.HOST);
    assertThat(inSamconfig("docker_network = \"(.*)\"").map(network -> network.group(1)))
        .containsExactly(compose.at("/networks/keyferry/name").asText());
    assertThat(setup)
        .contains(
            environment.path("HASH_KEY").asText(),
            environment.path("GRANTS_TABLE").asText(),
            environment.path("KEYS_TABLE").asText());
  }

  @Test
  void samconfig_names_files_and_parameters_that_exist() throws IOException {
    assertThat(inSamconfig("(?:template_file|env_vars) = \"(.*)\"").map(file -> file.group(1)))
        .hasSize(2)
        .allSatisfy(file -> assertThat(Shared.ROOT.resolve(file)).exists());
    assertThat(overrides()).isNotEmpty();
    assertThat(new Template(FILE, Map.of()).section("Parameters").propertyStream())
        .extracting(Map.Entry::getKey)
        .containsAll(overrides().keySet());
  }

  /// If `sam local` cannot resolve a stage variable, it passes the template's object on. The
  /// runtime rejects an event with an object as a stage variable.
  @Test
  void sam_local_can_resolve_every_stage_variable_to_a_text() throws IOException {
    var text = Files.readString(FILE);
    var variables =
        text.substring(
            text.indexOf("      StageVariables:"), text.indexOf("DefaultRouteSettings:"));

    assertThat(variables)
        .contains("Resource:")
        .doesNotContain("!GetAtt", "AWS::NoValue", "!Select");
    assertThat(new Template(FILE, overrides()).stageVariables())
        .containsAllEntriesOf(
            Map.of("SignInOrigins", "none", "SignInAudience", "none", "Resource", "none"))
        .containsEntry("SignInScope", "openid,keyferry/approve")
        .containsEntry("PublicUrl", overrides().get("PublicUrl"))
        .containsEntry("IssuerUrl", overrides().get("IssuerUrl"));
  }

  @Test
  void the_script_approves_a_devices_request() throws Exception {
    approves(api -> Map.of("KEYFERRY_INVOKE", "bash " + invoking(api)));
  }

  @Test
  void the_script_invokes_functions_through_start_lambda_if_it_runs() throws Exception {
    approves(api -> Map.of("KEYFERRY_LAMBDA_ENDPOINT", api.url().toString()));
  }

  /// Another program may listen on that port.
  @Test
  void the_script_otherwise_invokes_functions_through_sam_local_invoke() throws Exception {
    approves(api -> {
      assertThat(invoking(api).toFile().setExecutable(true)).isTrue();
      return Map.of("PATH", folder + ":" + System.getenv("PATH"));
    });
  }

  private interface Invocation {
    /// The environment of the script.
    Map<String, String> to(LambdaApi api) throws IOException;
  }

  private void approves(Invocation invocation) throws Exception {
    var device = new OverHttp(Shared.stack());
    var codes = device.codes();
    try (var api = LambdaApi.start()) {
      assertThat(approve(invocation.to(api), codes.userCode(), "bob"))
          .startsWith("0 ")
          .contains("approved");
    }

    var token = device.poll(codes.deviceCode()).text("access_token");
    assertThat(device.whoami(token).text("sub")).isEqualTo("bob");
  }

  @Test
  void the_script_says_why_it_did_not_approve() throws Exception {
    try (var api = LambdaApi.start()) {
      var startLambda = Map.of("KEYFERRY_LAMBDA_ENDPOINT", api.url().toString());
      assertThat(approve(startLambda, "EXAM-PLES", "bob"))
          .startsWith("1 ClaimFunction answered")
          .contains("invalid_user_code");
      assertThat(approve(startLambda, "a/b; w /etc/x", "bob"))
          .isEqualTo("64 usage: approve USER_CODE [SUBJECT]\n");
    }
  }

  /// Any program can listen on the port of `sam local start-lambda`, and sed can run commands.
  @Test
  void the_script_refuses_a_nonce_that_sed_would_execute() throws Exception {
    var injected = folder.resolve("injected");
    var answering =
        Files.writeString(
            folder.resolve("sam"),
            """
            echo '{"body":"{\\"approval_nonce\\":\\"x/;1e touch %s #\\"}","statusCode":200}'
            """
                .formatted(injected));

    assertThat(approve(Map.of("KEYFERRY_INVOKE", "bash " + answering), "EXAM-PLES", "bob"))
        .startsWith("1 ClaimFunction answered");
    assertThat(injected).doesNotExist();
  }

  /// A substitute for `sam local invoke`.
  private Path invoking(LambdaApi api) throws IOException {
    return Files.writeString(
        folder.resolve("sam"),
        """
        #!/bin/bash
        curl -s %s%s"${@: -1}"/invocations -H 'Authorization: AWS4-HMAC-SHA256 any' --data-binary @-
        """
            .formatted(api.url(), InvokeApi.PATH));
  }

  /// Runs the script and returns its exit status and output. By default nothing can invoke
  /// functions, because a web server listens on the port of `sam local start-lambda`.
  private static String approve(Map<String, String> environment, String userCode, String subject)
      throws IOException, InterruptedException {
    var script =
        new ProcessBuilder(FOLDER.resolve("approve").toString(), userCode, subject)
            .redirectErrorStream(true);
    script
        .environment()
        .put("KEYFERRY_LAMBDA_ENDPOINT", Shared.stack().url().resolve("/device").toString());
    script.environment().putAll(environment);
    var process = script.start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    return process.waitFor() + " " + printed;
  }
}
