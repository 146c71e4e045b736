package dev.keyferry.lambda;

import static dev.keyferry.lambda.ResponseContract.parse;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.web.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// One login in each of its stages, started at functions that have no others, with their random
/// values by name. A text refers to a value as `{{name}}`.
final class Logins {
  /// The verifier and the challenge of RFC 7636 Appendix B.
  static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  private static final String REDIRECT = "http://127.0.0.1:49152/callback";

  private static final Map<String, ObjectNode> SAMPLES = new ConcurrentHashMap<>();

  private final InMemoryFunctions functions;
  private final Map<String, String> drawn = new LinkedHashMap<>();

  private Logins(InMemoryFunctions functions) {
    this.functions = functions;
  }

  static Logins begin(InMemoryFunctions functions) {
    var logins = new Logins(functions);
    logins.authorize("pending", "scope=read");
    // The first poll, so that the next one is too early.
    logins.send("poll", logins.pollOf("pending"));
    logins.authorize("claimed", "confirmation_supported=true");
    logins.claim("claimed");
    logins.authorize(
        "approved", "scope=read&code_challenge_method=S256&code_challenge=" + CHALLENGE);
    logins.claim("approved");
    logins.approve("approved");
    logins.authorize("consumed", "scope=read+offline_access");
    logins.claim("consumed");
    logins.approve("consumed");
    logins.poll("consumed");
    logins.openScreen("screen");
    logins.openScreen("code");
    logins.approveScreen("code");
    return logins;
  }

  /// The values by name. Each of them is a secret from someone.
  Map<String, String> drawn() {
    return drawn;
  }

  /// The text with each name replaced by its value.
  String in(String text) {
    var result = text;
    if (text.contains("{{")) {
      for (var each : drawn.entrySet()) {
        result = result.replace("{{" + each.getKey() + "}}", each.getValue());
      }
    }
    return result;
  }

  private void authorize(String name, String parameters) {
    var answer = post("authorize", "client_id=cli&" + parameters);
    drawn.put(name + ".user_code", answer.path("user_code").asText());
    drawn.put(name + ".device_code", answer.path("device_code").asText());
  }

  private void claim(String name) {
    var answer =
        post("claim", StrictJson.write(Map.of("user_code", required(name + ".user_code"))));
    drawn.put(name + ".nonce", answer.path("approval_nonce").asText());
  }

  private void approve(String name) {
    post(
        "approve",
        StrictJson.write(
            Map.of(
                "user_code", required(name + ".user_code"),
                "approval_nonce", required(name + ".nonce"),
                "acknowledged", true)));
  }

  private void poll(String name) {
    var answer = post("poll", pollOf(name));
    drawn.put("access_token", answer.path("access_token").asText());
    drawn.put("refresh_token", answer.path("refresh_token").asText());
  }

  private String pollOf(String name) {
    return "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=cli&device_code="
        + required(name + ".device_code");
  }

  private void openScreen(String name) {
    var answer =
        post(
            "authorization-claim",
            StrictJson.write(
                Map.of(
                    "response_type", "code",
                    "client_id", "cli",
                    "redirect_uri", REDIRECT,
                    "code_challenge", CHALLENGE,
                    "code_challenge_method", "S256")));
    drawn.put(name + ".nonce", answer.path("approval_nonce").asText());
  }

  private void approveScreen(String name) {
    var answer =
        post(
            "authorization-approve",
            StrictJson.write(Map.of("approval_nonce", required(name + ".nonce"))));
    var redirect = answer.path("redirect_to").asText();
    drawn.put("authorization_code", redirect.replaceFirst(".*[?&]code=([^&]*).*", "$1"));
  }

  private String required(String name) {
    return Objects.requireNonNull(drawn.get(name));
  }

  private JsonNode send(String function, String body) {
    var event = sample(function);
    event.put("body", body);
    event.put("isBase64Encoded", false);
    return parse(functions.answer(function, ResponseContract.text(event)));
  }

  private JsonNode post(String function, String body) {
    var answer = send(function, body);
    if (answer.path("statusCode").asInt() != 200) {
      throw new AssertionError(function + " answered " + answer);
    }
    return parse(answer.path("body").asText());
  }

  /// An event of `events/`.
  static ObjectNode sample(String function) {
    return SAMPLES.computeIfAbsent(function, Logins::read).deepCopy();
  }

  private static ObjectNode read(String function) {
    try (var file = Logins.class.getResourceAsStream("prime/" + function + ".json")) {
      return (ObjectNode) parse(new String(Objects.requireNonNull(file).readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
