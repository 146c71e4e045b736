package dev.keyferry.product.template;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.local.Template;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the connections between `template.yaml` and its nested stacks, and of what depends on
/// parameters.
class NestedStacksTest {
  private static final String TEMPLATE = "template.yaml";
  private static final Pattern COMMENT = Pattern.compile("(?m)^ *#.*\\n");
  private static final Pattern SECTION = Pattern.compile("(?m)^(?=\\w+:)");
  private static final Pattern CONDITION = Pattern.compile("(?m)^  (\\w+): (.+)$");
  private static final Pattern OUTPUT = Pattern.compile("(\\w+)\\.Outputs\\.(\\w+)");
  private static final Pattern OVERRIDE = Pattern.compile("\"(\\w+)=([^\"]*)\"");
  private static final int COMMAND_NOT_FOUND = 127;
  private static final Map<String, String> DOMAIN =
      Map.of(
          "PublicUrl", "https://login.example.com",
          "CertificateArn", "arn:aws:acm:eu-central-1:111122223333:certificate/a");
  private static final Map<String, String> CANARY = Map.of("Rollout", "Canary10Percent5Minutes");

  static List<String> templates() throws IOException {
    return Stream.concat(
            Stream.of(TEMPLATE),
            nested(CANARY).map(stack -> stack.at("/Properties/TemplateURL").asText()))
        .distinct()
        .toList();
  }

  private static Template template(String file) throws IOException {
    return new Template(Shared.ROOT.resolve(file), Map.of("AWS::StackId", "arn/stack/0f-a"));
  }

  private static Stream<JsonNode> nested(Map<String, String> values) throws IOException {
    return TemplateTest.template(values)
        .section("Resources")
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals("AWS::CloudFormation::Stack"));
  }

  private static Set<String> names(JsonNode section) {
    return section.propertyStream().map(Map.Entry::getKey).collect(toSet());
  }

  private static String text(String file) throws IOException {
    return Files.readString(Shared.ROOT.resolve(file));
  }

  @ParameterizedTest
  @MethodSource("templates")
  void every_parameter_changes_what_is_deployed(String file) throws IOException {
    var sections =
        SECTION
            .splitAsStream(COMMENT.matcher(text(file)).replaceAll(""))
            .collect(toMap(section -> section.substring(0, section.indexOf(':')), identity()));
    var deployed = sections.getOrDefault("Globals", "") + sections.get("Resources");
    var conditions =
        CONDITION
            .matcher(sections.getOrDefault("Conditions", ""))
            .results()
            .filter(condition -> asks(deployed, condition.group(1)))
            .map(MatchResult::group)
            .collect(joining("\n"));

    assertThat(names(template(file).section("Parameters")))
        .isNotEmpty()
        .allSatisfy(name ->
            assertThat(deployed + conditions)
                .containsPattern("!Ref " + name + "\\b|\\$\\{" + name + "}"));
  }

  private static boolean asks(String deployed, String condition) {
    return Pattern.compile("(Condition: |!If\\s+(\\[|- ))" + condition + "\\b")
        .matcher(deployed)
        .find();
  }

  @Test
  void a_nested_stack_is_given_exactly_the_parameters_that_it_declares() throws IOException {
    assertThat(nested(Map.of()))
        .extracting(stack -> stack.at("/Properties/TemplateURL").asText())
        .containsExactlyInAnyOrder("infra/identity.yaml", "infra/operations.yaml");
    assertThat(nested(CANARY))
        .hasSize(14)
        .allSatisfy(stack -> {
          var file = stack.at("/Properties/TemplateURL").asText();
          assertThat(names(stack.at("/Properties/Parameters")))
              .isEqualTo(names(template(file).section("Parameters")));
        });
  }

  @Test
  void every_output_that_is_read_from_a_nested_stack_exists() throws IOException {
    var template = TemplateTest.template(CANARY);

    assertThat(OUTPUT.matcher(text(TEMPLATE)).results())
        .hasSizeGreaterThan(5)
        .allSatisfy(asked -> {
          var file = template.properties(asked.group(1)).path("TemplateURL").asText();
          assertThat(names(template(file).section("Outputs"))).contains(asked.group(2));
        });
  }

  /// cfn-lint also looks for circular references in the template that SAM generates.
  @Test
  void cfn_lint_finds_nothing_where_it_is_installed() throws IOException, InterruptedException {
    var command = Stream.concat(Stream.of("cfn-lint"), templates().stream()).toList();
    var lint = new ProcessBuilder(command);
    lint.directory(Shared.ROOT.toFile()).redirectErrorStream(true);
    Process process;
    try {
      process = lint.start();
    } catch (IOException _) {
      System.out.println("cfn-lint is not installed here; no template was linted");
      return;
    }
    var findings = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() == COMMAND_NOT_FOUND) {
      System.out.println("cfn-lint does not run here; no template was linted: " + findings);
      return;
    }
    assertThat(findings).isEmpty();
    assertThat(process.exitValue()).isZero();
  }

  @Nested
  class SignIn {
    private final Template template = template(TEMPLATE);
    private final Template identity = template("infra/identity.yaml");

    SignIn() throws IOException {}

    @Test
    void the_pool_has_the_scope_that_the_routes_require_and_its_page_may_request_it() {
      var server = identity.properties("ApproveScope");
      var scope =
          server.path("Identifier").asText() + "/" + server.at("/Scopes/0/ScopeName").asText();
      var allowed =
          TemplateTest.texts(template.properties("PageClient").path("AllowedOAuthScopes"));

      assertThat(
              template.routes().stream()
                  .map(Template.Route::authorization)
                  .filter(Authorization.Jwt.class::isInstance)
                  .map(Authorization.Jwt.class::cast)
                  .flatMap(jwt -> jwt.scopes().stream()))
          .isNotEmpty()
          .containsOnly(scope);
      assertThat(template.stageVariables())
          .containsEntry("SignInScope", allowed.collect(joining(",")));
    }

    /// The API cannot refer to the pool's client, which refers to the API.
    @Test
    void the_page_requests_the_audience_that_the_routes_require() {
      var audience = "Identity.Outputs.Audience";

      assertThat(template.stageVariables()).containsEntry("Resource", audience);
      assertThat(template.routes())
          .extracting(Template.Route::authorization)
          .filteredOn(Authorization.Jwt.class::isInstance)
          .allSatisfy(authorization ->
              assertThat(((Authorization.Jwt) authorization).audiences())
                  .containsExactly(audience));
      // Cognito accepts https URLs, and only those can belong to anyone else.
      assertThat(identity.section("Outputs").at("/Audience/Value").asText())
          .matches("https://[a-z.]+");
    }

    @Test
    void only_the_apis_stage_refers_to_the_pools_client() {
      assertThat(template.properties("HttpApi").path("Auth").toString())
          .doesNotContain("PageClient");
      assertThat(template.functions())
          .allSatisfy(function ->
              assertThat(template.properties(function.id()).toString())
                  .doesNotContain("PageClient"));
    }

    @Test
    void the_pools_page_is_a_public_client_that_redirects_only_to_the_page() {
      var client = template.properties("PageClient");

      assertThat(client.path("GenerateSecret").asBoolean(true)).isFalse();
      assertThat(TemplateTest.texts(client.path("AllowedOAuthFlows"))).containsExactly("code");
      assertThat(TemplateTest.texts(client.path("CallbackURLs")))
          .containsExactly(template.section("Outputs").at("/VerificationPage/Value").asText());
    }

    @Test
    void the_users_survive_the_stack() {
      var pool = identity.section("Resources").path("UserPool");

      assertThat(pool.path("DeletionPolicy").asText()).isEqualTo("Retain");
      assertThat(pool.path("UpdateReplacePolicy").asText()).isEqualTo("Retain");
      assertThat(pool.at("/Properties/DeletionProtection").asText()).isEqualTo("ACTIVE");
    }

    @Test
    void the_pools_email_comes_from_cognito_or_through_ses() throws IOException {
      var through =
          new Template(
              Shared.ROOT.resolve("infra/identity.yaml"),
              Map.of(
                  "AWS::StackId", "arn/stack/0f-a",
                  "EmailIdentityArn", "arn:aws:ses:eu-central-1:111122223333:identity/example.com",
                  "EmailFrom", "login@example.com"));
      var without =
          new Template(
              Shared.ROOT.resolve("infra/identity.yaml"),
              Map.of("AWS::StackId", "arn/stack/0f-a", "EmailIdentityArn", "", "EmailFrom", ""));

      assertThat(through.properties("UserPool").path("EmailConfiguration"))
          .hasToString(
              "{\"EmailSendingAccount\":\"DEVELOPER\","
                  + "\"SourceArn\":\"arn:aws:ses:eu-central-1:111122223333:identity/example.com\","
                  + "\"From\":\"login@example.com\"}");
      assertThat(without.properties("UserPool").path("EmailConfiguration"))
          .hasToString("{\"EmailSendingAccount\":\"COGNITO_DEFAULT\"}");
      for (var parameter : List.of("EmailIdentityArn", "EmailFrom")) {
        assertThat(template.properties("Identity").at("/Parameters/" + parameter).asText())
            .isEmpty();
      }
    }

    @Test
    void the_operators_issuer_replaces_the_pool() throws IOException {
      var given =
          new Template(
              Shared.ROOT.resolve(TEMPLATE),
              Map.of(
                  "IssuerUrl", "https://id.example.com",
                  "Audience", "api",
                  "PageClientId", "page",
                  "SignInOrigins", "https://a.example,https://b.example",
                  "RequiredScope", "approve"));

      assertThat(given.section("Resources").properties())
          .extracting(Map.Entry::getKey)
          .contains("HttpApi")
          .doesNotContain("Identity", "PageClient", "PageStyle");
      assertThat(given.stageVariables())
          .containsEntry("IssuerUrl", "https://id.example.com")
          .containsEntry("PageClientId", "page")
          .containsEntry("SignInOrigins", "https://a.example,https://b.example")
          .containsEntry("SignInScope", "openid,approve")
          .containsEntry("SignInAudience", "none")
          .containsEntry("Resource", "none");
      assertThat(given.routes())
          .extracting(Template.Route::authorization)
          .filteredOn(Authorization.Jwt.class::isInstance)
          .hasSize(10)
          .containsOnly(
              new Authorization.Jwt("https://id.example.com", List.of("api"), List.of("approve")));
      assertThat(given.section("Outputs").toString()).doesNotContain("Identity.");
    }

    @Test
    void the_operator_chooses_what_the_page_requests_from_the_issuer() throws IOException {
      var requested =
          Map.of(
              "SignInScope", "openid,profile,api://keyferry/approve",
              "SignInAudience", "https://keyferry.example",
              "SignInResource", "https://keyferry.example/api");
      var values = new HashMap<>(requested);
      values.put("IssuerUrl", "https://id.example.com");

      assertThat(new Template(Shared.ROOT.resolve(TEMPLATE), values).stageVariables())
          .containsEntry("SignInScope", requested.get("SignInScope"))
          .containsEntry("SignInAudience", requested.get("SignInAudience"))
          .containsEntry("Resource", requested.get("SignInResource"));
    }

    @ParameterizedTest
    @CsvSource({
      "RequiredScope, approve",
      "SignInScope, 'openid,approve'",
      "SignInAudience, api",
      "SignInResource, https://a.example"
    })
    void without_an_issuer_the_parameters_for_one_are_refused(String parameter, String value)
        throws IOException {
      var issuer =
          Map.of("IssuerUrl", "https://id.example", "Audience", "api", "PageClientId", "page");
      var both = new HashMap<>(issuer);
      both.put(parameter, value);

      assertThat(broken(Map.of())).isEmpty();
      assertThat(broken(Map.of(parameter, value)))
          .singleElement()
          .satisfies(rule -> assertThat(rule).contains("without an IssuerUrl", parameter));
      assertThat(broken(both)).isEmpty();
    }

    /// The rules that these parameters break in CloudFormation.
    private static List<String> broken(Map<String, String> parameters) throws IOException {
      return new Template(Shared.ROOT.resolve(TEMPLATE), parameters)
          .section("Rules")
          .valueStream()
          .filter(rule -> rule.path("RuleCondition").asBoolean())
          .flatMap(rule -> rule.path("Assertions").valueStream())
          .filter(assertion -> !assertion.path("Assert").asBoolean())
          .map(assertion -> assertion.path("AssertDescription").asText())
          .toList();
    }

    /// API Gateway accepts few characters in a stage variable.
    @ParameterizedTest
    @CsvSource({
      "PublicUrl, https://a.example",
      "IssuerUrl, https://a.example",
      "PageClientId, https://a.example",
      "SignInOrigins, https://a.example",
      "RequiredScope, https://a.example",
      "SignInScope, 'openid,api://a.example/.default'",
      "SignInAudience, https://a.example",
      "SignInResource, https://a.example"
    })
    void a_parameter_for_a_stage_variable_only_accepts_valid_characters(
        String parameter, String value) {
      var allowed = template.section("Parameters").path(parameter).path("AllowedPattern").asText();

      assertThat(Stream.of(" ", "+", ";", "%", "@", "!", "$", "\"").map(value::concat))
          .noneMatch(other -> other.matches(allowed));
      assertThat(value).matches(allowed);
    }

    /// The page needs an ID token, and the required scope must be one scope.
    @ParameterizedTest
    @CsvSource({
      "RequiredScope, ''",
      "RequiredScope, 'openid,approve'",
      "SignInScope, openid",
      "SignInScope, 'approve,openid'",
      "SignInScope, 'openid,,approve'",
      "SignInResource, keyferry"
    })
    void a_parameter_refuses_a_value_that_no_issuer_supports(String parameter, String value) {
      var allowed = template.section("Parameters").path(parameter).path("AllowedPattern").asText();

      assertThat(value).doesNotMatch(allowed);
    }

    @Test
    void a_required_scope_fits_into_a_route() {
      assertThat(template.section("Parameters").at("/RequiredScope/MaxLength").asInt())
          .isEqualTo(64);
    }
  }

  @Nested
  class Domain {
    @Test
    void a_certificate_makes_the_public_urls_host_the_only_endpoint() throws IOException {
      var given = new Template(Shared.ROOT.resolve(TEMPLATE), DOMAIN);

      assertThat(given.properties("HttpApi").path("DisableExecuteApiEndpoint").asBoolean())
          .isTrue();
      assertThat(given.properties("Domain").path("DomainName").asText())
          .isEqualTo("login.example.com");
      assertThat(given.properties("DomainMapping").path("ApiId").asText()).isEqualTo("HttpApi");
      assertThat(given.properties("DomainRecord").isMissingNode()).isTrue();
    }

    /// The domain name is the part after the slashes.
    @Test
    void the_public_url_has_no_port() throws IOException {
      var allowed =
          template(TEMPLATE).section("Parameters").at("/PublicUrl/AllowedPattern").asText();

      assertThat("https://login.example.com").matches(allowed);
      assertThat("https://login.example.com:8443").doesNotMatch(allowed);
    }

    /// SAM has no property for the API's address type, but keeps the one in its body.
    @Test
    void the_api_and_its_domain_accept_ipv6_only_if_the_operator_says_so() throws IOException {
      var zone = Map.of("HostedZoneId", "Z1");
      var one = new Template(Shared.ROOT.resolve(TEMPLATE), and(DOMAIN, zone));
      var both =
          new Template(
              Shared.ROOT.resolve(TEMPLATE),
              and(and(DOMAIN, zone), Map.of("IpAddressType", "dualstack")));

      assertThat(addressTypes(one)).containsExactly("ipv4", "ipv4");
      assertThat(one.properties("DomainRecord").path("Type").asText()).isEqualTo("A");
      assertThat(one.properties("DomainRecordIpv6").isMissingNode()).isTrue();
      assertThat(addressTypes(both)).containsExactly("dualstack", "dualstack");
      assertThat(both.properties("DomainRecordIpv6").path("Type").asText()).isEqualTo("AAAA");
      assertThat(both.properties("DomainRecordIpv6").path("AliasTarget"))
          .isEqualTo(both.properties("DomainRecord").path("AliasTarget"));
    }

    /// SAM adds settings to the first server. API Gateway warns about a server without a URL, and a
    /// warning fails the deployment.
    @Test
    void every_server_of_the_api_has_a_url_without_a_base_path() throws IOException {
      var servers = template(TEMPLATE).properties("HttpApi").at("/DefinitionBody/servers");

      assertThat(servers.valueStream().map(server -> server.path("url").asText()))
          .containsExactly("/");
    }

    private static Map<String, String> and(Map<String, String> some, Map<String, String> more) {
      var all = new HashMap<>(some);
      all.putAll(more);
      return all;
    }

    private static List<String> addressTypes(Template template) {
      return List.of(
          template
              .properties("HttpApi")
              .at("/DefinitionBody/servers/0/x-amazon-apigateway-endpoint-configuration")
              .path("ipAddressType")
              .asText(),
          template.properties("Domain").at("/DomainNameConfigurations/0/IpAddressType").asText());
    }

    @Test
    void without_one_the_api_uses_api_gateways_own_url() throws IOException {
      var given = template(TEMPLATE);

      assertThat(given.properties("HttpApi").path("DisableExecuteApiEndpoint").asBoolean(true))
          .isFalse();
      assertThat(names(given.section("Resources")))
          .doesNotContain("Domain", "DomainMapping", "DomainRecord", "DomainRecordIpv6");
      assertThat(names(given.section("Outputs"))).doesNotContain("DomainTarget");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "dev", "prod"})
  void samconfig_sets_existing_parameters_to_allowed_values(String environment) throws IOException {
    var text = text("samconfig.toml");
    var start = text.indexOf("[" + environment + ".deploy.parameters]");
    assertThat(start).isNotNegative();
    var end = text.indexOf("\n[", start);
    var parameters = template(TEMPLATE).section("Parameters");

    assertThat(OVERRIDE.matcher(text.substring(start, end < 0 ? text.length() : end)).results())
        .allSatisfy(override -> {
          var parameter = parameters.path(override.group(1));
          assertThat(parameter.isMissingNode()).as(override.group(1)).isFalse();
          assertThat(override.group(2)).matches(value -> allows(parameter, value));
        });
  }

  private static boolean allows(JsonNode parameter, String value) {
    if (parameter.path("Type").asText().equals("Number")) {
      return Long.parseLong(value) >= parameter.path("MinValue").asLong(Long.MIN_VALUE)
          && Long.parseLong(value) <= parameter.path("MaxValue").asLong(Long.MAX_VALUE);
    }
    return parameter.has("AllowedValues")
        ? TemplateTest.texts(parameter.path("AllowedValues")).anyMatch(value::equals)
        : value.matches(parameter.path("AllowedPattern").asText(".*"));
  }
}
