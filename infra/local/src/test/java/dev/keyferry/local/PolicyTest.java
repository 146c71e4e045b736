package dev.keyferry.local;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.local.CallRecorder.Permission;
import dev.keyferry.local.CallRecorder.Read;
import dev.keyferry.local.Template.Function;
import dev.keyferry.local.Wire.Attempt;
import dev.keyferry.local.Wire.Fate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each function was recorded asking of AWS, against what its policy in the template allows.
class PolicyTest {
  private static final Set<String> WRITES = Set.of("PutItem", "UpdateItem", "TransactWriteItems");

  private static final CallRecorder CALLS = new CallRecorder();
  private static final Queue<Attempt> ATTEMPTS = new ConcurrentLinkedQueue<>();
  private static final JsonMapper JSON = new JsonMapper();

  /// In fresh environments, so that each derives its subkeys.
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
    // Each write is done and nobody is told: each step must find its own work by a strong read.
    goThroughAllSteps(
        api,
        "recorded-unheard",
        first ->
            wire.follow((number, attempt) ->
                number >= first && WRITES.contains(attempt.operation())
                    ? Fate.ANSWER_LOST
                    : Fate.ARRIVES));
  }

  /// @param answersLostFrom cuts the answers of writes from this one on
  private static void goThroughAllSteps(ToHandlers api, String user, IntConsumer answersLostFrom) {
    assertThat(get(api, "/.well-known/oauth-authorization-server").status()).isEqualTo(200);
    assertThat(get(api, "/device").status()).isEqualTo(200);

    answersLostFrom.accept(0);
    var codes = api.codes();
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");
    // A poll that is early, approved or consumed goes on only if it hears that its first write was
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
    answersLostFrom.accept(0);
    assertThat(api.whoami(issued.text("access_token")).text("sub")).isEqualTo(user);

    answersLostFrom.accept(Integer.MAX_VALUE);
    var linked = api.link(user);
    answersLostFrom.accept(0);
    var renewed = api.refresh(linked.text("refresh_token"));
    assertThat(renewed.verdict()).isEqualTo("200");
    assertThat(api.keys(user).body()).contains("Device Link Access Key (");
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
    // That there is no such grant must be heard; the count that follows need not.
    answersLostFrom.accept(3);
    assertThat(api.claim(user, "AAAA-AAAA").verdict()).isEqualTo("404 invalid_user_code");
    answersLostFrom.accept(0);
    var unwanted = api.codes().userCode();
    var nonce = api.claim(user, unwanted).text("approval_nonce");
    assertThat(api.deny(user, unwanted, nonce).verdict()).isEqualTo("200");
    answersLostFrom.accept(0);
    logInThroughBrowser(api, user);
  }

  private static void logInThroughBrowser(ToHandlers api, String user) {
    assertThat(get(api, "/oauth/authorize").status()).isEqualTo(200);
    assertThat(api.redeem(api.authorizationCode(user, Api.browserLogin())).verdict())
        .isEqualTo("200");
    var unwanted = api.claimLogin(user, Api.browserLogin()).text("approval_nonce");
    assertThat(api.denyLogin(user, unwanted, Map.of()).verdict()).isEqualTo("200");
  }

  /// A login with a number, and one with an acknowledgement.
  private static void confirm(ToHandlers api, String user, IntConsumer answersLostFrom) {
    var careful = Map.of("client_id", "careful");
    var codes = api.codes(Api.CAREFUL);
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    var number = api.approve(user, codes.userCode(), nonce).text("confirmation");
    answersLostFrom.accept(1);
    var wrong = NumberMatchingTest.beside(number, 1);
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
    var isNarrowed = allowed.stream().anyMatch(PolicyTest::narrows);
    var done =
        CALLS.callsOf(function).stream()
            .filter(call -> isNarrowed || !narrows(call))
            .collect(toSet());

    assertThat(done).as("done without leave").filteredOn(not(allowed::contains)).isEmpty();
    assertThat(allowed).as("allowed and never done").filteredOn(not(done::contains)).isEmpty();
  }

  /// No condition key says what a refusal may show, so who asks for that is not held to attributes.
  @ParameterizedTest
  @MethodSource("functions")
  void an_update_that_asks_for_no_item_back_is_held_to_the_attributes_it_names(String function)
      throws IOException {
    var updates = CALLS.callsOf(function).stream().anyMatch(PolicyTest::narrows);

    assertThat(allowed(function).anyMatch(PolicyTest::narrows))
        .isEqualTo(updates && !CALLS.asksForItems(function));
  }

  /// A condition on a value that a request leaves out never holds.
  @ParameterizedTest
  @MethodSource("functions")
  void an_update_that_is_held_to_its_return_values_sends_them(String function) throws IOException {
    var held =
        allowed(function)
            .map(Permission::condition)
            .anyMatch((CallRecorder.RETURN_VALUES + " NONE")::equals);
    var sent =
        ATTEMPTS.stream()
            .filter(attempt -> attempt.functionId().equals(function))
            .filter(attempt -> attempt.operation().equals("UpdateItem"))
            .map(attempt -> json(attempt.body()).path("ReturnValues").asText("(left out)"))
            .toList();

    if (held) {
      assertThat(sent).isNotEmpty().containsOnly("NONE");
    } else {
      assertThat(sent).doesNotContain("NONE");
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean narrows(Permission permission) {
    return permission.condition().startsWith(CallRecorder.ATTRIBUTES)
        || permission.condition().startsWith(CallRecorder.RETURN_VALUES);
  }

  @Test
  void every_recorded_read_is_strongly_consistent() {
    assertThat(CALLS.reads()).extracting(Read::action).contains("GetItem", "BatchGetItem");
    assertThat(CALLS.reads())
        .as("eventually consistent")
        .filteredOn(not(Read::consistent))
        .isEmpty();
  }

  /// By its role's policies, and by the hash key's, where roles are named.
  private static Stream<Permission> allowed(String function) throws IOException {
    var template = TemplateTest.template(Map.of());
    var ofKey =
        template
            .properties("HashKey")
            .at("/KeyPolicy/Statement")
            .valueStream()
            .filter(statement ->
                TemplateTest.texts(statement.at("/Principal/AWS"))
                    .anyMatch((function + "Role.Arn")::equals))
            .flatMap(statement -> permissions(statement, List.of("HashKey.Arn")));
    var ofRole =
        TemplateTest.statements(template.properties(function))
            .filter(statement -> statement.path("Effect").asText().equals("Allow"))
            .flatMap(statement ->
                permissions(statement, TemplateTest.texts(statement.path("Resource")).toList()));
    return Stream.concat(ofRole, ofKey);
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
                            .map(value ->
                                String.join(" ", operator.getKey(), key.getKey(), value))));
  }
}
