package dev.keyferry.product.template;

import static java.util.Map.entry;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.lambda.AwsPorts;
import dev.keyferry.lambda.Clients;
import dev.keyferry.lambda.Host;
import dev.keyferry.lambda.Wiring;
import dev.keyferry.local.Api;
import dev.keyferry.local.LocalFunction;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Template;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.local.Template.Function;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of `template.yaml`. A name that only CloudFormation could resolve stands for its value.
class TemplateTest {
  private static final Path FILE = Shared.ROOT.resolve("template.yaml");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOT_FOUND = "{\"message\":\"Not Found\"}";
  private static final String VERSIONED = "/device/{version}/{asset}";

  private final Template template = template(Map.of());

  TemplateTest() throws IOException {}

  static Template template(Map<String, String> values) throws IOException {
    return new Template(FILE, values);
  }

  /// The statements of a function's policies: its own, and those of the shared template.
  static Stream<JsonNode> statements(Template template, String function) {
    return template
        .properties(function)
        .path("Policies")
        .valueStream()
        .map(policy ->
            policy.isTextual()
                ? template.properties(policy.asText()).path("PolicyDocument")
                : policy)
        .flatMap(policy -> policy.path("Statement").valueStream());
  }

  /// Policies spell one text or a list of them.
  static Stream<String> texts(JsonNode node) {
    return node.isArray() ? node.valueStream().map(JsonNode::asText) : Stream.of(node.asText());
  }

  /// A function as SAM deploys it: its own properties override the global ones.
  private ObjectNode deployed(Function function) throws IOException {
    return deployed(template, function);
  }

  private static ObjectNode deployed(Template template, Function function) throws IOException {
    var shared = template.section("Globals").path("Function").deepCopy();
    return JSON.readerForUpdating(shared).readValue(template.properties(function.id()));
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Nested
  class Functions {
    @Test
    void lambda_can_construct_every_handler() {
      assertThat(template.functions())
          .hasSize(12)
          .allSatisfy(function -> {
            var handler = Class.forName(function.handler());
            assertThat(handler).isPublic().isAssignableTo(RequestHandler.class);
            assertThat(handler.getConstructor().getParameterCount()).isZero();
          });
    }

    @Test
    void every_function_is_a_snapshot_of_the_built_artifact_behind_an_alias() throws IOException {
      var expected =
          json(
              """
              {
                "CodeUri": "%s",
                "Runtime": "java25",
                "Architectures": ["arm64"],
                "SnapStart": {"ApplyOn": "PublishedVersions"},
                "AutoPublishAlias": "live",
                "AutoPublishAliasAllProperties": true
              }
              """
                  .formatted(builtArtifact()));
      var names = expected.propertyStream().map(Map.Entry::getKey).toList();

      assertThat(template.functions())
          .allSatisfy(function -> {
            var properties = (JsonNode) deployed(function).retain(names);
            if (function.id().equals("SubjectFunction")) {
              // Lambda deletes a snapshot that is seldom used, so it would be missing when it is
              // needed.
              assertThat(properties.at("/SnapStart/ApplyOn").asText()).isEqualTo("None");
              ((ObjectNode) properties).set("SnapStart", expected.path("SnapStart"));
            }
            assertThat(properties).isEqualTo(expected);
          });
    }

    /// SAM rejects one of these properties in `Globals`, and `sam build` does not relocate the
    /// other one there.
    @ParameterizedTest
    @ValueSource(strings = {"AutoPublishAliasAllProperties", "CodeUri"})
    void every_function_repeats_what_globals_cannot_set(String property) {
      assertThat(template.section("Globals").path("Function").has(property)).isFalse();
      assertThat(template.functions())
          .allMatch(function -> template.properties(function.id()).has(property));
    }

    private String builtArtifact() throws IOException {
      var pom = Files.readString(Shared.ROOT.resolve("functions/pom.xml"));
      var output = Pattern.compile("<outputFile>\\$\\{project.build.directory}/(.+)</outputFile>");
      return output
          .matcher(pom)
          .results()
          .map(found -> "functions/target/" + found.group(1))
          .findFirst()
          .orElseThrow();
    }

    /// SAM publishes no new version if only a parameter's value changes. The alias would keep the
    /// old one.
    @Test
    void a_functions_version_description_changes_with_every_parameter_in_its_environment()
        throws IOException {
      var parameters =
          template
              .section("Parameters")
              .propertyStream()
              .collect(
                  toMap(Map.Entry::getKey, parameter -> "https://<" + parameter.getKey() + ">"));
      var marked = template(parameters);

      assertThat(marked.functions())
          .allSatisfy(function -> {
            var description = marked.properties(function.id()).path("VersionDescription");
            assertThat(function.environment().values().stream().filter(parameters::containsValue))
                .allMatch(description.asText()::contains, "in " + description);
          });
    }

    /// Lambda's limit.
    @Test
    void a_version_description_has_256_characters_at_most_whatever_the_parameters()
        throws IOException {
      var longest =
          template
              .section("Parameters")
              .propertyStream()
              .collect(toMap(Map.Entry::getKey, parameter -> longest(parameter.getValue())));
      var full = template(longest);

      assertThat(full.functions())
          .allSatisfy(function ->
              assertThat(full.properties(function.id()).path("VersionDescription").asText())
                  .hasSizeLessThanOrEqualTo(256));
    }

    private static String longest(JsonNode parameter) {
      return parameter.path("Type").asText().equals("Number")
          ? parameter.path("MaxValue").asText()
          : "x".repeat(parameter.path("MaxLength").asInt());
    }

    @Test
    void every_function_has_the_reserved_concurrency_that_the_operator_sets() throws IOException {
      var reserving = template(Map.of("ReservedConcurrency", "7"));

      assertThat(template.functions())
          .allSatisfy(function -> {
            assertThat(deployed(template, function).has("ReservedConcurrentExecutions")).isFalse();
            assertThat(deployed(reserving, function).path("ReservedConcurrentExecutions").asText())
                .isEqualTo("7");
          });
    }

    /// An operator needs the logs to restore the table.
    @Test
    void logs_are_kept_for_longer_than_the_table_can_be_restored() {
      assertThat(template.section("Parameters").at("/LogRetentionDays/Default").asInt())
          .isGreaterThan(35);
    }

    @Test
    void every_function_logs_to_the_one_group_with_a_retention_period() {
      assertThat(template.functions())
          .allSatisfy(function ->
              assertThat(deployed(function).path("LoggingConfig"))
                  .isEqualTo(json("{\"LogFormat\": \"JSON\", \"LogGroup\": \"FunctionLog\"}")));
      assertThat(template.idsOf("AWS::Logs::LogGroup"))
          .contains("FunctionLog")
          .allSatisfy(group ->
              assertThat(template.properties(group).path("RetentionInDays").asInt()).isPositive());
    }

    /// All functions may know their stack's name and the endpoint.
    @Test
    void the_environment_has_exactly_the_settings_that_the_function_reads_and_the_shared_ones() {
      assertThat(names(template.section("Globals").at("/Function/Environment/Variables")))
          .isEqualTo(Set.of("STACK_NAME", "KEYFERRY_AWS_ENDPOINT"));
      assertThat(Shared.stack().template().functions())
          .allSatisfy(function -> {
            var settings = new WatchedSettings(function.environment());
            var aws = Shared.stack().aws();
            var host = new Host(settings, Shared.CLOCK, new SecureRandom(), _ -> {});
            var wiring =
                new Wiring(host, Clients.ofArtifact(), new AwsPorts(host, aws::dynamo, aws::kms));

            new LocalFunction(function, wiring, _ -> {});

            settings.read.removeAll(Set.of("STACK_NAME", "KEYFERRY_AWS_ENDPOINT"));
            assertThat(settings.read)
                .isEqualTo(names(template.properties(function.id()).at("/Environment/Variables")));
          });
    }

    private static Set<String> names(JsonNode section) {
      return section.propertyStream().map(Map.Entry::getKey).collect(toSet());
    }

    private static final class WatchedSettings extends AbstractMap<String, String> {
      private final Map<String, String> settings;
      private final Set<Object> read = new HashSet<>();

      WatchedSettings(Map<String, String> settings) {
        this.settings = settings;
      }

      @Override
      public @Nullable String get(@Nullable Object name) {
        read.add(Objects.requireNonNull(name));
        return settings.get(name);
      }

      @Override
      public Set<Entry<String, String>> entrySet() {
        return settings.entrySet();
      }
    }
  }

  @Nested
  class Routes {
    @Test
    void every_route_has_the_authorizer_that_the_design_requires() {
      var user =
          "a user of [Identity.Outputs.Issuer] for [Identity.Outputs.Audience]"
              + " with [keyferry/approve]";

      assertThat(
              template.routes().stream()
                  .collect(
                      toMap(
                          route -> route.method() + " " + route.path(),
                          route -> who(route.authorization()))))
          .containsExactlyInAnyOrderEntriesOf(
              Map.ofEntries(
                  entry("POST /oauth/device/authorize", "anyone"),
                  entry("POST /oauth/token", "anyone"),
                  entry("POST /oauth/revoke", "anyone"),
                  entry("POST /oauth/introspect", "anyone"),
                  entry("GET /device", "anyone"),
                  entry("HEAD /device", "anyone"),
                  entry("GET /device/linked", "anyone"),
                  entry("HEAD /device/linked", "anyone"),
                  entry("GET /device/{version}/{asset}", "anyone"),
                  entry("HEAD /device/{version}/{asset}", "anyone"),
                  entry("GET /.well-known/oauth-authorization-server", "anyone"),
                  entry("HEAD /.well-known/oauth-authorization-server", "anyone"),
                  entry("POST /oauth/device/claim", user),
                  entry("POST /oauth/device/approve", user),
                  entry("POST /oauth/device/deny", user),
                  entry("GET /oauth/authorize", "anyone"),
                  entry("HEAD /oauth/authorize", "anyone"),
                  entry("POST /oauth/authorize/claim", user),
                  entry("POST /oauth/authorize/approve", user),
                  entry("POST /oauth/authorize/deny", user),
                  entry("GET /keys", user),
                  entry("HEAD /keys", user),
                  entry("DELETE /keys/{id}", user),
                  entry("DELETE /keys", user),
                  entry("GET /", "anyone"),
                  entry("HEAD /", "anyone"),
                  entry("GET /device/{proxy+}", "anyone"),
                  entry("HEAD /device/{proxy+}", "anyone"),
                  entry("GET /whoami", "a key that KeyAuthorizerFunction lets in"),
                  entry("HEAD /whoami", "a key that KeyAuthorizerFunction lets in")));
    }

    private static String who(Authorization authorization) {
      return switch (authorization) {
        case Authorization.None _ -> "anyone";
        case Authorization.Jwt(var issuer, var audiences, var scopes) ->
            "a user of [%s] for %s with %s".formatted(issuer, audiences, scopes);
        case Authorization.Lambda(var authorizer) -> "a key that " + authorizer.id() + " lets in";
      };
    }

    @Test
    void the_key_authorizer_runs_at_every_request_and_returns_simple_responses()
        throws IOException {
      assertThat(template.properties("HttpApi").at("/Auth/Authorizers/Key"))
          .isEqualTo(
              json(
                  """
                  {
                    "FunctionArn": "KeyAuthorizerFunction.Alias",
                    "AuthorizerPayloadFormatVersion": "2.0",
                    "EnableSimpleResponses": true,
                    "EnableFunctionDefaultPermissions": true,
                    "Identity": {"Headers": ["Authorization"], "ReauthorizeEvery": 0}
                  }
                  """));
    }

    @Test
    void the_key_authorizers_responses_are_cached_only_as_long_as_the_operator_allows()
        throws IOException {
      var seconds = template.section("Parameters").path("AuthorizerCacheSeconds");
      assertThat(seconds.path("Type").asText()).isEqualTo("Number");
      for (var limit : Map.of("Default", "0", "MinValue", "0", "MaxValue", "3600").entrySet()) {
        assertThat(seconds.path(limit.getKey())).isEqualTo(json(limit.getValue()));
      }
      assertThat(cacheSeconds("0")).isEqualTo(json("0"));
      assertThat(cacheSeconds("300")).isEqualTo(json("\"300\""));
    }

    private static JsonNode cacheSeconds(String given) throws IOException {
      return template(Map.of("AuthorizerCacheSeconds", given))
          .properties("HttpApi")
          .at("/Auth/Authorizers/Key/Identity/ReauthorizeEvery");
    }

    @Test
    void the_local_stack_serves_every_route() {
      assertThat(template.routes())
          .allSatisfy(route -> {
            var user = route.authorization() instanceof Authorization.Jwt ? "alice" : "";
            var reply = send(route.method(), path(route), user);
            assertThat(reply.body()).isNotEqualTo(NOT_FOUND);
            assertThat(reply.status()).isLessThan(500);
          });
    }

    /// RFC 9110 §9.3.2. An HTTP API has no HEAD of its own.
    @Test
    void every_get_route_answers_head_without_the_body() {
      assertThat(template.routes())
          .filteredOn(route -> route.method().equals("GET"))
          .allSatisfy(get -> {
            var twin = new Template.Route("HEAD", get.path(), get.function(), get.authorization());
            assertThat(template.routes()).contains(twin);
            for (var user : List.of("", "alice")) {
              var reply = send("GET", path(get), user);
              var head = send("HEAD", path(get), user);
              assertThat(head.status()).isEqualTo(reply.status());
              assertThat(own(head.headers())).isEqualTo(own(reply.headers()));
              assertThat(head.body()).isEmpty();
            }
          });
    }

    /// The headers that are not the connection's.
    private static Map<String, String> own(Map<String, String> headers) {
      var own = new HashMap<>(headers);
      own.keySet().removeAll(Set.of("date", "content-length"));
      return own;
    }

    private static String path(Template.Route route) {
      return route
          .path()
          .replace(VERSIONED, styleSheet())
          .replace("{proxy+}", "linked/")
          .replace("{id}", "none");
    }

    @ParameterizedTest
    @CsvSource({
      "/, /device",
      "/?user_code=WDJB-MJHT, /device?user_code=WDJB-MJHT",
      "/device/, /device",
      "/device/?user_code=WDJB-MJHT, /device?user_code=WDJB-MJHT",
      "/device/linked/, /device/linked",
      "/device/linked/?, /device/linked"
    })
    void a_typed_address_leads_to_the_page(String typed, String page) {
      var headers = Map.of("x-forwarded-host", "evil.example");
      var reply = new OverHttp(Shared.stack()).call(new Api.Call("GET", typed, "", headers, ""));
      assertThat(reply.status()).isEqualTo(302);
      assertThat(reply.headers()).containsEntry("location", Shared.stack().url() + page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/device//", "/device/linked//", "/device//evil.example/"})
    void no_other_address_leads_anywhere(String path) {
      assertThat(send("GET", path, "").status()).isEqualTo(404);
    }

    /// The address of the style sheet in the page.
    private static String styleSheet() {
      return Pattern.compile("/device/[0-9a-f]+/device\\.css")
          .matcher(send("GET", "/device", "").body())
          .results()
          .map(MatchResult::group)
          .findFirst()
          .orElseThrow();
    }

    @Test
    void nothing_else_is_served() {
      for (var reply :
          List.of(
              send("GET", "/keyferry", ""),
              send("GET", "/device/a/b/c", ""),
              send("GET", "/oauth/token", ""))) {
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body()).isEqualTo(NOT_FOUND);
      }
    }

    private static Reply send(String method, String path, String user) {
      return new OverHttp(Shared.stack()).call(new Api.Call(method, path, user, Map.of(), ""));
    }
  }

  @Nested
  class Permissions {
    /// SAM's managed policies allow a role to create and write any log. A denial overrides that.
    @Test
    void a_function_may_write_only_the_functions_log_and_create_none() {
      assertThat(template.functions())
          .allSatisfy(function -> {
            var log = deployed(function).at("/LoggingConfig/LogGroup").asText();
            assertThat(statements(template, function.id()).limit(2))
                .containsExactly(
                    json(
                        """
                        {"Effect": "Deny", "Action": "logs:*", "NotResource": "%s.Arn"}
                        """
                            .formatted(log)),
                    json(
                        """
                        {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": "*"}
                        """));
          });
    }

    @Test
    void no_function_may_do_anything_to_everything_or_everything_to_anything() {
      assertThat(template.functions())
          .allSatisfy(function -> {
            var properties = template.properties(function.id());
            assertThat(properties.has("Role")).isFalse();
            assertThat(properties.path("Policies").valueStream())
                .allMatch(
                    policy ->
                        policy.has("Statement")
                            || template.properties(policy.asText()).has("PolicyDocument"),
                    "is written out here");
            assertThat(statements(template, function.id()).skip(2))
                .allSatisfy(statement -> {
                  assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
                  // An index has no leading key of the table to narrow by.
                  var isIndex = statement.path("Resource").asText().contains("/index/");
                  assertThat(statement.propertyStream().map(Map.Entry::getKey))
                      .contains("Effect", "Action", "Resource")
                      .hasSize(isIndex ? 3 : 4);
                  assertThat(statement.has("Condition")).isNotEqualTo(isIndex);
                  assertThat(texts(statement.path("Action")))
                      .allMatch(action -> action.matches("dynamodb:[A-Za-z]+|kms:GenerateMac"));
                  assertThat(texts(statement.path("Resource")))
                      .allMatch(
                          resource -> resource.matches("[A-Za-z]+\\.Arn(/index/by-subject)?"));
                });
          });
      assertThat(template.section("Resources").properties())
          .filteredOn(
              resource -> resource.getValue().path("Type").asText().startsWith("AWS::IAM::"))
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("LogPolicy", "SubkeyPolicy", "DeploymentRole");
    }

    @Test
    void every_role_has_the_operators_path_and_boundary() throws IOException {
      var boundary = "arn:aws:iam::111122223333:policy/org/limits";
      var given =
          template(
              Map.of(
                  "RolePath", "/acme/prod/",
                  "PermissionsBoundary", boundary,
                  "AWS::StackName", "login"));

      assertThat(given.functions())
          .allSatisfy(function -> {
            var properties = deployed(given, function);
            assertThat(properties.path("RolePath").asText()).isEqualTo("/acme/prod/login/");
            assertThat(properties.path("PermissionsBoundary").asText()).isEqualTo(boundary);
            assertThat(properties.at("/DeploymentPreference/Role").asText())
                .isEqualTo("DeploymentRole.Arn");
          });
      // A hash key trusts its stack's path, and `_deploy` is not a valid stack name.
      assertThat(given.properties("DeploymentRole").path("Path").asText())
          .isEqualTo("/acme/prod/login/_deploy/");
      assertThat(given.properties("DeploymentRole").path("PermissionsBoundary").asText())
          .isEqualTo(boundary);
      assertThat(template.section("Globals").path("Function").has("PermissionsBoundary")).isFalse();
      assertThat(template.properties("DeploymentRole").has("PermissionsBoundary")).isFalse();
    }

    /// In the key policy, a wildcard would trust other stacks' roles.
    @Test
    void the_path_of_roles_is_valid_for_iam_and_lambda_and_has_no_wildcard() {
      var path = template.section("Parameters").path("RolePath");
      var allowed = path.path("AllowedPattern").asText();

      assertThat(path.path("Default").asText()).isEqualTo("/keyferry/");
      assertThat(List.of("/", "/keyferry/", "/acme/prod_1/", "/a+b=c,d.e@f-g/"))
          .allMatch(given -> given.matches(allowed));
      assertThat(
              List.of(
                  "", "keyferry/", "/keyferry", "//", "/a//b/", "/*/", "/a?/", "/${x}/", "/a b/"))
          .noneMatch(given -> given.matches(allowed));
      // The limit includes the longest name of a stack, and DeploymentRole's path below it.
      assertThat(path.path("MaxLength").asInt() + 128 + "/_deploy/".length())
          .isLessThanOrEqualTo(512);
    }

    /// PolicyTest checks which roles those are.
    @Test
    void the_account_administers_the_hash_key_and_only_functions_derive_from_it() {
      var statements =
          template.properties("HashKey").at("/KeyPolicy/Statement").valueStream().toList();
      assertThat(statements)
          .extracting(statement -> statement.path("Sid").asText())
          .containsExactly("TheAccountAdministers", "FunctionsDerive");
      assertThat(texts(statements.getFirst().path("Action")))
          .noneMatch(action -> action.matches("(?i)kms:(.*Mac|CreateGrant|ReplicateKey)"));
      assertThat(texts(statements.getLast().path("Action"))).containsExactly("kms:GenerateMac");
      assertThat(statements)
          .allSatisfy(statement -> {
            // The deployment would fail if it named a role that KMS cannot see yet.
            assertThat(statement.path("Principal"))
                .isEqualTo(json("{\"AWS\": \"arn:AWS::Partition:iam::AWS::AccountId:root\"}"));
            assertThat(texts(statement.path("Action")))
                .allMatch(action -> action.matches("kms:[A-Za-z]+"));
            // In a key policy, this is the policy's own key.
            assertThat(statement.path("Resource").asText()).isEqualTo("*");
          });
    }
  }

  @Nested
  class Store {
    @Test
    void both_tables_purge_rows_long_after_expiry() {
      assertThat(template.idsOf("AWS::DynamoDB::Table"))
          .containsExactlyInAnyOrder("GrantsTable", "KeysTable")
          .allSatisfy(table ->
              assertThat(template.properties(table).path("TimeToLiveSpecification"))
                  .isEqualTo(json("{\"AttributeName\": \"purge_at\", \"Enabled\": true}")));
    }

    @Test
    void keys_can_be_restored_and_survive_their_stack() {
      var properties = template.properties("KeysTable");

      assertThat(properties.at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"))
          .isEqualTo(JSON.getNodeFactory().booleanNode(true));
      assertThat(properties.path("DeletionProtectionEnabled"))
          .isEqualTo(JSON.getNodeFactory().booleanNode(true));
      for (var lasting :
          Map.of("KeysTable", "Retain", "HashKey", "RetainExceptOnCreate").entrySet()) {
        var resource = template.section("Resources").path(lasting.getKey());
        assertThat(resource.path("DeletionPolicy").asText()).isEqualTo(lasting.getValue());
        assertThat(resource.path("UpdateReplacePolicy").asText()).isEqualTo("Retain");
      }
    }
  }

  /// CloudFormation replaces a key when this property changes, which invalidates every login. The
  /// default leaves the property out, as every earlier version of the template did.
  @Test
  void the_hash_key_is_multi_region_only_if_the_operator_says_so() throws IOException {
    var many = template(Map.of("MultiRegionHashKey", "true"));
    var parameter = template.section("Parameters").path("MultiRegionHashKey");

    assertThat(parameter.path("Default").asText()).isEqualTo("false");
    assertThat(parameter.path("Description").asText()).contains("never change it");
    assertThat(template.properties("HashKey").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder(
            "Description", "KeySpec", "KeyUsage", "PendingWindowInDays", "KeyPolicy");
    assertThat(many.properties("HashKey").path("MultiRegion"))
        .isEqualTo(JSON.getNodeFactory().booleanNode(true));
    assertThat(texts(many.properties("HashKey").at("/KeyPolicy/Statement/0/Action")))
        .contains("kms:ReplicateKey", "kms:UpdatePrimaryRegion");
  }

  /// If API Gateway cannot create an authorizer, it only issues a warning.
  @Test
  void a_warning_from_api_gateway_fails_the_deployment() {
    assertThat(template.properties("HttpApi").path("FailOnWarnings"))
        .isEqualTo(JSON.getNodeFactory().booleanNode(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NameClaim", "EmailClaim", "OrganisationClaim"})
  void a_claim_name_can_be_any_that_issuers_use_or_empty(String parameter) {
    var claim = template.section("Parameters").path(parameter);
    var allowed = claim.path("AllowedPattern").asText();

    assertThat(List.of("", claim.path("Default").asText(), "custom:org", "https://acme.example/o"))
        .allMatch(name -> name.matches(allowed));
    assertThat(List.of(" ", "a b", "a,b", "a\n", "${a}", "a\"b"))
        .noneMatch(name -> name.matches(allowed));
  }
}
