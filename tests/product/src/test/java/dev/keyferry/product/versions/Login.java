package dev.keyferry.product.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.Recipient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// A login and the whole life of its key, by someone who has logged in nowhere before, from a
/// network of their own. It consists of steps, and any version can do the next one. Each step
/// checks its response.
final class Login {
  /// The way to the key.
  enum Kind {
    DEVICE,
    /// A person approves from another network and enters a number at the device.
    NUMBER,
    /// Token responses are encrypted.
    ENCRYPTED,
    BROWSER
  }

  interface Step {
    void by(DirectApi api);
  }

  private static final Recipient RECIPIENT = Recipient.ec();
  private static final String SCOPE = "read offline_access";
  private static final String NAME = "Küche";
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final int number = COUNT.incrementAndGet();
  private final String user = "person-" + number;
  private final Kind kind;
  private final SequencedMap<String, Step> steps = new LinkedHashMap<>();

  private Api.Codes codes = new Api.Codes("", "");
  private String nonce = "";
  private String decision = "";
  private Map<String, String> proof = Map.of();
  private Reply tokens = new Reply(0, Map.of(), "{}");

  Login(Kind kind) {
    this.kind = kind;
    if (kind == Kind.BROWSER) {
      browserSteps();
    } else {
      deviceSteps();
    }
    keySteps();
  }

  String user() {
    return user;
  }

  SequencedMap<String, Step> steps() {
    return steps;
  }

  /// Does every step up to the one with this name.
  Login until(String last, DirectApi api) {
    for (var step : steps.entrySet()) {
      step.getValue().by(api);
      if (step.getKey().equals(last)) {
        return this;
      }
    }
    throw new AssertionError("no step " + last);
  }

  /// The program's requests.
  DirectApi program(DirectApi api) {
    return api.from("198.18.%d.%d".formatted(number / 256, number % 256));
  }

  /// The person's requests.
  DirectApi person(DirectApi api) {
    var claims = Map.of("name", "Ada Lovelace", "email", "ada@example.com");
    return (kind == Kind.NUMBER ? api.from("192.0.2.9") : program(api)).claiming(claims);
  }

  private Map<String, String> request() {
    var request =
        Map.of(
            "client_id", "cli",
            "scope", "read write offline_access",
            "device_name", "kitchen",
            "confirmation_supported", "true",
            "code_challenge", Api.CHALLENGE,
            "code_challenge_method", "S256");
    return kind == Kind.ENCRYPTED ? RECIPIENT.asks(request) : request;
  }

  private void deviceSteps() {
    proof = Map.of("code_verifier", Api.VERIFIER);
    steps.put("authorize", api -> codes = program(api).codes(request()));
    steps.put("pending poll", api -> refused(poll(api, Map.of()), "400 authorization_pending"));
    steps.put(
        "claim",
        api -> {
          var screen = claim(api);
          assertThat(screen.text("device_name")).isEqualTo("kitchen");
          assertThat(screen.text("confirmation"))
              .isEqualTo(kind == Kind.NUMBER ? "number" : "none");
          nonce = screen.text("approval_nonce");
        });
    steps.put("approve", api -> decision = approve(api));
    steps.put("approve again", api -> assertThat(approve(api)).isEqualTo(decision));
    if (kind == Kind.NUMBER) {
      steps.put(
          "poll without the number",
          api -> refused(poll(api, Map.of()), "400 confirmation_required"));
      steps.put(
          "poll with a wrong number",
          api -> {
            var right = approved().text("confirmation");
            proof = with(Api.beside(right, 1));
            refused(poll(api, Map.of()), "400 confirmation_required");
            proof = with(right);
          });
    }
    steps.put("mint", api -> tokens = opened(redeem(api, Map.of())));
  }

  private static Map<String, String> with(String confirmation) {
    return Map.of("code_verifier", Api.VERIFIER, "confirmation", confirmation);
  }

  private void browserSteps() {
    steps.put(
        "claim",
        api -> {
          var request = new LinkedHashMap<>(Api.browserLogin());
          request.put("device_name", "kitchen");
          var screen = person(api).claimLogin(user, request);
          assertThat(screen.text("device_name")).isEqualTo("kitchen");
          nonce = screen.text("approval_nonce");
        });
    steps.put("approve", api -> decision = approve(api));
    steps.put("approve again", api -> assertThat(approve(api)).isEqualTo(decision));
    steps.put("mint", api -> tokens = opened(redeem(api, Map.of())));
  }

  private void keySteps() {
    steps.put("first use", this::use);
    steps.put("second mint", api -> refused(redeem(api, Map.of()), "400 invalid_grant"));
    steps.put("refresh", this::refresh);
    steps.put("use", this::use);
    steps.put("second refresh", this::refresh);
    steps.put("third refresh", this::refresh);
    steps.put("use of the third", this::use);
    steps.put(
        "list",
        api -> {
          var keys = program(api).keys(user).json().path("keys");
          assertThat(keys).hasSize(1);
          assertThat(keys.path(0).path("key_id").asText()).isEqualTo(keyId());
          assertThat(keys.path(0).path("name").asText()).isEqualTo(NAME);
          assertThat(keys.path(0).path("scope").asText()).isEqualTo(SCOPE);
          assertThat(keys.path(0).has("last_used_at")).isTrue();
        });
    steps.put(
        "revoke", api -> assertThat(program(api).revoke(refreshToken()).status()).isEqualTo(200));
    steps.put("use after the revocation", this::hasEnded);
    steps.put(
        "list after the revocation",
        api -> assertThat(program(api).keys(user).json().path("keys")).isEmpty());
  }

  Api.Codes codes() {
    return codes;
  }

  Reply claim(DirectApi api) {
    return person(api).claim(user, codes.userCode());
  }

  Reply deny(DirectApi api) {
    return person(api).deny(user, codes.userCode(), nonce);
  }

  private Reply approved() {
    return new Reply(200, Map.of(), decision);
  }

  /// Approves less than the program asked for.
  private String approve(DirectApi api) {
    var consent = Map.of("scope", SCOPE, "name", NAME);
    var reply =
        kind == Kind.BROWSER
            ? person(api).approveLogin(user, nonce, consent)
            : person(api).approve(user, codes.userCode(), nonce, consent);
    assertThat(reply.verdict()).as(reply.body()).isEqualTo("200");
    return reply.body();
  }

  private Reply poll(DirectApi api, Map<String, String> headers) {
    return program(api).poll(codes.deviceCode(), proof, headers);
  }

  /// Redeems the device code or the authorization code.
  Reply redeem(DirectApi api, Map<String, String> headers) {
    return kind == Kind.BROWSER
        ? program(api).redeem(approved().redirected("code"), Map.of(), headers)
        : poll(api, headers);
  }

  /// The token response, decrypted if need be.
  Reply opened(Reply reply) {
    assertThat(reply.verdict()).as(reply.body()).isEqualTo("200");
    var opened = kind == Kind.ENCRYPTED ? RECIPIENT.open(reply) : reply;
    assertThat(opened.text("scope")).isEqualTo(SCOPE);
    assertThat(opened.text("sub")).isEqualTo(user);
    assertThat(opened.text("name")).isEqualTo("Ada Lovelace");
    return opened;
  }

  static Map<String, String> idempotent() {
    return Map.of("idempotency-key", UUID.randomUUID().toString());
  }

  void take(Reply reply) {
    tokens = opened(reply);
  }

  String accessToken() {
    return tokens.text("access_token");
  }

  String refreshToken() {
    return tokens.text("refresh_token");
  }

  String keyId() {
    return accessToken().split("_", -1)[1];
  }

  void refresh(DirectApi api) {
    var spent = accessToken();
    take(program(api).refresh(refreshToken(), idempotent()));
    assertThat(accessToken()).isNotEqualTo(spent);
  }

  /// The access token is accepted, by the authorizer and by introspection.
  void use(DirectApi api) {
    var key = program(api).whoami(accessToken());
    assertThat(key.status()).as(key.body()).isEqualTo(200);
    assertThat(key.text("sub")).isEqualTo(user);
    assertThat(key.text("scope")).isEqualTo(SCOPE);
    assertThat(key.text("email")).isEqualTo("ada@example.com");
    var introspected = program(api).introspect(accessToken());
    assertThat(introspected.json().path("active").asBoolean()).as(introspected.body()).isTrue();
    assertThat(introspected.text("sub")).isEqualTo(user);
    assertThat(introspected.text("exp")).isEqualTo(key.text("exp"));
  }

  /// Neither token is accepted.
  void hasEnded(DirectApi api) {
    assertThat(program(api).whoami(accessToken()).status()).isEqualTo(403);
    assertThat(program(api).introspect(accessToken()).body()).isEqualTo("{\"active\":false}");
    refused(program(api).refresh(refreshToken()), "400 invalid_grant");
  }

  static void refused(Reply reply, String verdict) {
    assertThat(reply.verdict()).as(reply.body()).isEqualTo(verdict);
  }
}
