package dev.keyferry.product.template;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Template;
import dev.keyferry.local.Template.Function;
import dev.keyferry.product.CallRecorder;
import dev.keyferry.product.CallRecorder.Permission;
import dev.keyferry.product.CallRecorder.Read;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Attempt;
import dev.keyferry.product.Wire.Fate;
import dev.keyferry.product.template.KeyAccess.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares each function's recorded calls to AWS with its policy in the template.
class PolicyTest {
  private static final Set<String> WRITES = Set.of("PutItem", "UpdateItem", "TransactWriteItems");

  private static final CallRecorder CALLS = new CallRecorder();
  private static final Queue<Attempt> ATTEMPTS = new ConcurrentLinkedQueue<>();
  private static final JsonMapper JSON = new JsonMapper();

  /// Uses new environments, so that each derives its subkeys.
  @BeforeAll
  static void record() {
    var wire = new Wire();
    var api =
        Shared.limited(
            (function, connection) -> wire.tap(function, CALLS.tap(function, connection)),
            Shared.CLOCK);
    wire.follow((_, attempt) -> {
      ATTEMPTS.add(attempt);
      return Fate.ARRIVES;
    });
    goThroughAllSteps(api, "recorded", _ -> {});
    // Each write takes effect and its response is lost. Each step must find its own work by a
    // strong read.
    goThroughAllSteps(
        api,
        "recorded-unheard",
        first ->
            wire.follow((number, attempt) ->
                number >= first && WRITES.contains(attempt.operation())
                    ? Fate.ANSWER_LOST
                    : Fate.ARRIVES));
  }

  /// @param answersLostFrom loses the responses of writes from this one on
  private static void goThroughAllSteps(DirectApi api, String user, IntConsumer answersLostFrom) {
    assertThat(get(api, "/.well-known/oauth-authorization-server").status()).isEqualTo(200);
    assertThat(get(api, "/device").status()).isEqualTo(200);

    answersLostFrom.accept(0);
    var codes = api.codes();
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");
    // An early, approved or consumed poll continues only if it learns that its first write was
    // refused.
    answersLostFrom.accept(1);
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 slow_down");
    answersLostFrom.accept(0);
    api.grant(user, codes.userCode());
    answersLostFrom.accept(1);
    var samePoll = Map.of("idempotency-key", UUID.randomUUID().toString());
    var issued = api.poll(codes.deviceCode(), Map.of(), samePoll);
    answersLostFrom.accept(1);
    var again = api.poll(codes.deviceCode(), Map.of(), samePoll);
    assertThat(again.body()).isEqualTo(issued.body());
    answersLostFrom.accept(Integer.MAX_VALUE);
    assertThat(api.whoami(issued.text("access_token")).text("sub")).isEqualTo(user);

    answersLostFrom.accept(Integer.MAX_VALUE);
    var linked = api.link(user);
    answersLostFrom.accept(0);
    var renewed = api.refresh(linked.text("refresh_token"));
    assertThat(renewed.verdict()).isEqualTo("200");
    assertThat(api.keys(user).body()).contains("Device Link Access Key (");
    assertThat(api.introspect(renewed.text("access_token")).text("active")).isEqualTo("true");
    answersLostFrom.accept(0);
    assertThat(
            api.revokeKey(user, api.whoami(renewed.text("access_token")).text("key_id")).status())
        .isEqualTo(204);
    answersLostFrom.accept(0);
    assertThat(api.revoke(issued.text("access_token")).status()).isEqualTo(200);
    assertThat(api.introspect(linked.text("access_token")).text("active")).isEqualTo("false");
    answersLostFrom.accept(Integer.MAX_VALUE);
    assertThat(api.signOut(user).status()).isEqualTo(204);
    for (var action : List.of("disable", "enable")) {
      answersLostFrom.accept(0);
      var done = api.operate("SubjectFunction", Map.of("action", action, "subject", user));
      assertThat(done.path("changed").asBoolean()).isTrue();
    }

    answersLostFrom.accept(0);
    confirm(api, user, answersLostFrom);
    // The step must learn that there is no such grant. The count that follows may lose its
    // response.
    answersLostFrom.accept(3);
    assertThat(api.claim(user, "AAAA-AAAA").verdict()).isEqualTo("404 invalid_user_code");
    answersLostFrom.accept(0);
    var unwanted = api.codes().userCode();
    var nonce = api.claim(user, unwanted).text("approval_nonce");
    assertThat(api.deny(user, unwanted, nonce).verdict()).isEqualTo("200");
    answersLostFrom.accept(0);
    logInThroughBrowser(api, user);
  }

  private static void logInThroughBrowser(DirectApi api, String user) {
    assertThat(get(api, "/oauth/authorize").status()).isEqualTo(200);
    assertThat(api.redeem(api.authorizationCode(user, Api.browserLogin())).verdict())
        .isEqualTo("200");
    var unwanted = api.claimLogin(user, Api.browserLogin()).text("approval_nonce");
    assertThat(api.denyLogin(user, unwanted, Map.of()).verdict()).isEqualTo("200");
  }

  /// A login with a number, and one with an acknowledgement.
  private static void confirm(DirectApi api, String user, IntConsumer answersLostFrom) {
    var careful = Map.of("client_id", "careful");
    var codes = api.codes(Api.CAREFUL);
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    var number = api.approve(user, codes.userCode(), nonce).text("confirmation");
    answersLostFrom.accept(1);
    var wrong = Api.beside(number, 1);
    assertThat(api.enter(codes.deviceCode(), wrong, careful).verdict())
        .isEqualTo("400 confirmation_required");
    answersLostFrom.accept(1);
    assertThat(api.enter(codes.deviceCode(), number, careful).verdict()).isEqualTo("200");
    answersLostFrom.accept(0);
    var elsewhere = api.from("2001:db8:e::1");
    var unwarned = api.codes();
    var screen = elsewhere.claim(user, unwarned.userCode()).text("approval_nonce");
    assertThat(elsewhere.approve(user, unwarned.userCode(), screen).verdict())
        .isEqualTo("400 acknowledgement_required");
  }

  private static Reply get(Api api, String path) {
    return api.call(new Api.Call("GET", path, "", Map.of(), ""));
  }

  static Stream<String> functions() {
    return Shared.stack().template().functions().stream().map(Function::id);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void every_function_may_do_exactly_what_it_does(String function) throws IOException {
    var allowed = allowed(function).collect(toSet());
    var narrowed = narrowedRows(allowed.stream());
    var done =
        CALLS.callsOf(function).stream()
            .filter(call -> !narrows(call) || narrowed.contains(rows(call)))
            .collect(toSet());

    assertThat(done).as("calls without permission").filteredOn(not(allowed::contains)).isEmpty();
    assertThat(allowed).as("permissions without a call").filteredOn(not(done::contains)).isEmpty();
  }

  /// No condition key covers the item that a refusal returns, so the policy does not restrict the
  /// attributes of an update that asks for it.
  @ParameterizedTest
  @MethodSource("functions")
  void an_update_that_asks_for_no_item_back_is_held_to_the_attributes_it_names(String function)
      throws IOException {
    var updated = narrowedRows(CALLS.callsOf(function).stream());
    updated.removeIf(rows -> CALLS.asksForReturnedItem(function, rows));

    assertThat(narrowedRows(allowed(function))).isEqualTo(updated);
  }

  /// A condition on a value that a request leaves out never holds.
  @ParameterizedTest
  @MethodSource("functions")
  void an_update_that_is_held_to_its_return_values_sends_them(String function) throws IOException {
    var held =
        narrowedRows(
            allowed(function)
                .filter(allowed ->
                    allowed.condition().startsWith(CallRecorder.RETURN_VALUES + " NONE")));
    var sent = new HashMap<String, Set<String>>();
    ATTEMPTS.stream()
        .filter(attempt -> attempt.functionId().equals(function))
        .filter(attempt -> attempt.operation().equals("UpdateItem"))
        .map(attempt -> json(attempt.body()))
        .forEach(update ->
            sent.computeIfAbsent(
                    update.at("/Key/pk/S").asText().replaceFirst("#.*", "#*"), _ -> new HashSet<>())
                .add(update.path("ReturnValues").asText("(left out)")));

    assertThat(sent.keySet()).containsAll(held);
    assertThat(sent)
        .allSatisfy((rows, values) -> {
          if (held.contains(rows)) {
            assertThat(values).containsOnly("NONE");
          } else {
            assertThat(values).doesNotContain("NONE");
          }
        });
  }

  /// The kinds of rows whose updates a condition narrows.
  private static Set<String> narrowedRows(Stream<Permission> permissions) {
    return permissions
        .filter(PolicyTest::narrows)
        .map(PolicyTest::rows)
        .collect(toCollection(HashSet::new));
  }

  private static String rows(Permission permission) {
    return permission.condition().split(CallRecorder.OF, 2)[1];
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean narrows(Permission permission) {
    return narrows(permission.condition());
  }

  private static boolean narrows(String condition) {
    return condition.startsWith(CallRecorder.ATTRIBUTES)
        || condition.startsWith(CallRecorder.RETURN_VALUES);
  }

  @Test
  void every_recorded_read_is_strongly_consistent() {
    assertThat(CALLS.reads()).extracting(Read::action).contains("GetItem", "BatchGetItem");
    assertThat(CALLS.reads())
        .as("eventually consistent")
        .filteredOn(not(Read::consistent))
        .isEmpty();
  }

  private static Stream<Permission> allowed(String function) throws IOException {
    return TemplateTest.statements(TemplateTest.template(Map.of()), function)
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .flatMap(statement ->
            permissions(statement, TemplateTest.texts(statement.path("Resource")).toList()));
  }

  private static Stream<Permission> permissions(JsonNode statement, List<String> resources) {
    return TemplateTest.texts(statement.path("Action"))
        .flatMap(action ->
            resources.stream()
                .flatMap(resource ->
                    conditions(statement.path("Condition"))
                        .map(condition -> new Permission(action, resource, condition))));
  }

  private static Stream<String> conditions(JsonNode condition) {
    var rows = condition.path("ForAllValues:StringLike").path("dynamodb:LeadingKeys");
    return condition.isEmpty()
        ? Stream.of("")
        : condition
            .propertyStream()
            .flatMap(operator ->
                operator
                    .getValue()
                    .propertyStream()
                    .flatMap(key ->
                        TemplateTest.texts(key.getValue())
                            .map(
                                value -> String.join(" ", operator.getKey(), key.getKey(), value))))
            .flatMap(each ->
                narrows(each)
                    ? TemplateTest.texts(rows).map(kind -> each + CallRecorder.OF + kind)
                    : Stream.of(each));
  }

  /// Tests of the two policies on the hash key: a function's own policy, and the key policy, which
  /// trusts a path of roles.
  @Nested
  class HashKey {
    private static final String ACCOUNT = "arn:aws:iam::111122223333:root";
    private static final String KEY = "arn:aws:kms:eu-central-1:111122223333:key/0f";
    private static final Map<String, String> SHA_256 = Map.of("kms:MacAlgorithm", "HMAC_SHA_256");

    /// Stack names of 8, 40 and 128 characters. 128 is the maximum.
    static List<String> stacks() {
      return List.of("keyferry", "k" + "-0".repeat(19) + "-", "K" + "x".repeat(127));
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void exactly_the_functions_that_derive_subkeys_pass_both_policies(String name)
        throws IOException {
      var stack = stack(name, "/keyferry/");
      var derived =
          functions()
              .filter(function -> CALLS.callsOf(function).toString().contains("kms:GenerateMac"))
              .toList();

      assertThat(derived).hasSize(10);
      assertThat(functions().filter(function -> mayDerive(stack, role(stack, function))))
          .containsExactlyElementsOf(derived);
      assertThat(functions())
          .noneMatch(function ->
              key(stack)
                  .allows(
                      role(stack, function),
                      "kms:GenerateMac",
                      Map.of("kms:MacAlgorithm", "HMAC_SHA_512")));
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void an_administrator_can_administer_the_key_and_derives_nothing(String name)
        throws IOException {
      var stack = stack(name, "/keyferry/");

      assertThat(
              Stream.of(
                  "root",
                  "user/admin",
                  "role/Admin",
                  "role/" + name,
                  "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0",
                  "role/keyferry/" + name))
          .map(who -> administrator("arn:aws:iam::111122223333:" + who))
          .allMatch(admin -> key(stack).allows(admin, "kms:ScheduleKeyDeletion", Map.of()))
          .noneMatch(admin -> mayDerive(stack, admin));
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void no_role_of_another_stack_derives_whatever_its_own_policy_says(String name)
        throws IOException {
      var stack = stack(name, "/keyferry/");
      var others =
          List.of(
              stack(name + "x", "/keyferry/"),
              stack(name.substring(1), "/keyferry/"),
              stack(name.substring(0, name.length() - 1), "/keyferry/"),
              stack(name, "/"),
              stack(name, "/other/keyferry/"),
              // One level below the stack's path.
              stack("other", "/keyferry/" + name + "/"),
              // The path of CodeDeploy's role within this stack's path.
              stack("deploy", "/keyferry/" + name + "/"));

      assertThat(others)
          .map(other -> administrator(role(other, "PollFunction").arn()))
          .noneMatch(role -> mayDerive(stack, role));
      var all = Stream.concat(Stream.of(stack), others.stream()).toList();
      assertThat(all)
          .allSatisfy(one ->
              assertThat(all)
                  .map(other -> administrator(deploymentRole(other)))
                  .noneMatch(role -> mayDerive(one, role)));
    }

    @Test
    void neither_policy_alone_allows_derivation() throws IOException {
      var stack = stack("keyferry", "/keyferry/");
      var poll = role(stack, "PollFunction");

      assertThat(mayDerive(stack, poll)).isTrue();
      assertThat(mayDerive(stack, new Caller(poll.arn(), List.of()))).isFalse();
      assertThat(mayDerive(stack, new Caller("arn:aws:iam::111122223333:role/Poll", poll.own())))
          .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{'Principal': '*'}",
          "{'Principal': {'AWS': '*'}}",
          "{'Principal': {'AWS': '111122223333'}}",
          "{'Principal': {'AWS': ['arn:aws:iam::111122223333:root', 'arn:aws:iam::1:role/*']}}",
          "{'Principal': {'Service': 'lambda.amazonaws.com'}}",
          "{'Principal': {'AWS': 'arn:aws:iam::111122223333:root', 'Service': 'a.aws'}}",
          "{'NotPrincipal': {'AWS': 'arn:aws:iam::111122223333:root'}}",
          "{'NotAction': 'kms:Decrypt'}",
          "{'Effect': 'allow'}",
          "{'Resource': '${aws:PrincipalArn}'}",
          "{'Condition': {'StringLike': {'kms:MacAlgorithm': '*'}}}",
          "{'Condition': {'StringEquals': {'aws:PrincipalAccount': '111122223333'}}}",
          "{'Condition': {'ArnLike': {'aws:principalarn': 'arn:aws:iam::111122223333:*'}}}"
        })
    void an_unsupported_key_policy_is_an_error(String elements) {
      var statement = (ObjectNode) statement("kms:GenerateMac", ACCOUNT);
      statement.setAll((ObjectNode) json(elements.replace('\'', '"')));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> mayDerive(statements(statement), administrator(ACCOUNT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kms:GenerateMac", "KMS:generatemac", "KMS:*", "kms:Generate???", "*"})
    void a_key_policy_that_lets_administrators_derive_is_detected(String action) {
      var admin = administrator("arn:aws:iam::111122223333:role/Admin");
      var statement = statement(action, ACCOUNT);

      assertThat(mayDerive(statements(statement), admin)).isTrue();
      assertThat(mayDerive(statements(statement(action, admin.arn())), admin)).isTrue();
      assertThat(mayDerive(statements(statement(action, admin.arn() + "2")), admin)).isFalse();
    }

    @Test
    void a_denial_applies_only_to_the_principals_it_names() {
      var admin = administrator("arn:aws:iam::111122223333:role/Admin");
      var allowed = statement("kms:GenerateMac", ACCOUNT);

      for (var named :
          Map.of(ACCOUNT, false, admin.arn(), false, admin.arn() + "2", true).entrySet()) {
        var denied = (ObjectNode) statement("kms:generateMac", named.getKey());
        denied.put("Effect", "Deny");
        assertThat(mayDerive(statements(allowed, denied), admin))
            .as(named.getKey())
            .isEqualTo(named.getValue());
      }
    }

    private static JsonNode statement(String action, String principal) {
      return json(
          "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"%s\"}, \"Action\": \"%s\","
                  .formatted(principal, action)
              + " \"Resource\": \"*\"}");
    }

    private static KeyAccess statements(JsonNode... statements) {
      return new KeyAccess(KEY, ACCOUNT, List.of(statements));
    }

    /// docs/threats.md says so.
    @Test
    void anyone_who_can_create_a_role_in_the_stacks_path_can_derive() throws IOException {
      var stack = stack("keyferry", "/acme/prod/");
      var made = "arn:aws:iam::111122223333:role/acme/prod/keyferry/made";

      assertThat(mayDerive(stack, administrator(made))).isTrue();
    }

    private static Template stack(String name, String rolePath) throws IOException {
      return TemplateTest.template(
          Map.of(
              "AWS::Partition", "aws",
              "AWS::AccountId", "111122223333",
              "AWS::StackName", name,
              "RolePath", rolePath,
              "HashKey.Arn", KEY));
    }

    private static KeyAccess key(Template stack) {
      var statements = stack.properties("HashKey").at("/KeyPolicy/Statement");
      return new KeyAccess(KEY, ACCOUNT, statements.valueStream().toList());
    }

    private static boolean mayDerive(Template stack, Caller caller) {
      return mayDerive(key(stack), caller);
    }

    private static boolean mayDerive(KeyAccess key, Caller caller) {
      return key.allows(caller, "kms:GenerateMac", SHA_256);
    }

    /// CloudFormation joins the stack's name and the role's own name, and shortens the result.
    private static Caller role(Template stack, String function) {
      var path = stack.section("Globals").at("/Function/RolePath").asText();
      var own = TemplateTest.statements(stack, function).toList();
      return new Caller(
          "arn:aws:iam::111122223333:role%s%.38s-0123456789ab".formatted(path, function), own);
    }

    private static String deploymentRole(Template stack) {
      var path = stack.properties("DeploymentRole").path("Path").asText();
      return "arn:aws:iam::111122223333:role%sDeploymentRole-0123456789ab".formatted(path);
    }

    private static Caller administrator(String arn) {
      return new Caller(
          arn, List.of(json("{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}")));
    }
  }
}
