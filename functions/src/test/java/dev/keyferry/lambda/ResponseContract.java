package dev.keyferry.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The promises of docs/http.md about every response, whatever the request was.
final class ResponseContract {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // An unpaired surrogate survives only as an escape.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /// The errors of each route besides `invalid_request`, which all have. Other routes have no more.
  private static final Map<String, Set<String>> ERRORS =
      Map.ofEntries(
          Map.entry(
              "authorize",
              Set.of("invalid_scope", "unauthorized_client", "invalid_client", "slow_down")),
          Map.entry(
              "poll",
              Set.of(
                  "authorization_pending",
                  "confirmation_required",
                  "slow_down",
                  "access_denied",
                  "expired_token",
                  "invalid_grant",
                  "unsupported_grant_type",
                  "unauthorized_client",
                  "invalid_client")),
          Map.entry("revoke", Set.of("invalid_client")),
          Map.entry("introspect", Set.of("invalid_client")),
          Map.entry("claim", Set.of("invalid_user_code", "slow_down")),
          Map.entry(
              "approve", Set.of("invalid_scope", "acknowledgement_required", "invalid_user_code")),
          Map.entry("deny", Set.of("invalid_user_code")),
          Map.entry("authorization-approve", Set.of("expired_token", "invalid_scope")),
          Map.entry("authorization-deny", Set.of("expired_token")),
          Map.entry("revoke-key", Set.of("not_found")));

  private static final Map<String, Integer> STATUS =
      Map.of("invalid_client", 401, "invalid_user_code", 404, "not_found", 404);

  /// A fixed sentence, RFC 6749 §5.2, without any part of the request and without an exception's
  /// name or message.
  private static final Pattern DESCRIPTION = Pattern.compile("[A-Za-z0-9 ,;'/_.-]{1,120}");

  private static final Pattern EXCEPTION =
      Pattern.compile("Exception|Error\\b|java\\.|dev\\.|com\\.|@[0-9a-f]{4}");

  private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,4}");

  private ResponseContract() {}

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  static String text(JsonNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
  }

  /// @param function its sample's name in `events/`
  /// @param secrets that no refusal may contain
  /// @return the kind of response, such as `claim 404`
  static String check(String function, String answer, Collection<String> secrets) {
    var json = parse(answer);
    return function
        + " "
        + switch (function) {
          case "key-authorizer" -> holdVerdict(json);
          case "subject" -> holdStatus(json);
          default -> holdHttp(function, json, secrets);
        };
  }

  private static String holdStatus(JsonNode answer) {
    assertThat(answer.path("changed").isBoolean()).isTrue();
    return answer.path("status").asText();
  }

  private static String holdVerdict(JsonNode verdict) {
    assertThat(verdict.path("isAuthorized").isBoolean()).isTrue();
    assertThat(verdict.path("context").isObject()).isTrue();
    assertThat(verdict.path("context").isEmpty())
        .isEqualTo(!verdict.path("isAuthorized").booleanValue());
    assertThat(verdict.path("context")).allMatch(JsonNode::isTextual);
    return verdict.path("isAuthorized").asText();
  }

  private static String holdHttp(String function, JsonNode answer, Collection<String> secrets) {
    var status = answer.path("statusCode").asInt();
    assertThat(status).as("status").isIn(200, 204, 302, 400, 401, 404, 429);
    if (status == 302) {
      holdRedirect(function, answer);
    } else if (status >= 400) {
      return status + holdRefusal(function, status, answer, secrets);
    } else if (function.equals("verification-page")) {
      holdPage(answer);
    } else {
      holdNotStored(answer);
      if (status == 204) {
        assertThat(answer.path("body").asText()).isEmpty();
      } else {
        holdJson(answer);
      }
    }
    return Integer.toString(status);
  }

  /// @return the error, if the status alone does not determine it
  private static String holdRefusal(
      String function, int status, JsonNode answer, Collection<String> secrets) {
    holdNotStored(answer);
    holdJson(answer);
    var text = answer.path("body").asText();
    assertThat(secrets).noneMatch(text::contains);
    var body = parse(text);
    if (function.equals("verification-page") && status == 404) {
      // The same response as the gateway's own for an unknown route.
      assertThat(text).isEqualTo("{\"message\":\"Not Found\"}");
      return "";
    }
    var error = body.path("error").asText();
    if (!error.equals("invalid_request")) {
      assertThat(ERRORS.getOrDefault(function, Set.of())).contains(error);
    }
    assertThat(body.path("error_description").asText())
        .matches(DESCRIPTION)
        .doesNotContainPattern(EXCEPTION);
    if (status == 429) {
      assertThat(error).isEqualTo("slow_down");
      assertThat(header(answer, "retry-after").orElseThrow()).matches(SECONDS);
    } else {
      assertThat(status).isEqualTo(STATUS.getOrDefault(error, 400));
    }
    assertThat(header(answer, "www-authenticate").isPresent()).isEqualTo(status == 401);
    return status == 400 ? " " + error : "";
  }

  private static void holdNotStored(JsonNode answer) {
    assertThat(header(answer, "cache-control")).contains("no-store");
  }

  private static void holdJson(JsonNode answer) {
    assertThat(header(answer, "content-type")).contains("application/json");
    assertThat(header(answer, "x-content-type-options")).contains("nosniff");
    assertThat(answer.path("isBase64Encoded").booleanValue()).isFalse();
    assertThat(parse(answer.path("body").asText()).isObject()).isTrue();
  }

  /// A typed address leads to a page of this server and nowhere else.
  private static void holdRedirect(String function, JsonNode answer) {
    assertThat(function).isEqualTo("verification-page");
    holdNotStored(answer);
    assertThat(answer.path("body").asText()).isEmpty();
    assertThat(header(answer, "location").orElseThrow())
        .matches("https://[a-z.]+/(device|device/linked|oauth/authorize)(\\?[\\x21-\\x7E]+)?");
  }

  /// The document is not cached. The addresses of its files contain their hashes.
  private static void holdPage(JsonNode answer) {
    var isDocument =
        header(answer, "content-type").filter("text/html; charset=utf-8"::equals).isPresent();
    assertThat(header(answer, "cache-control"))
        .contains(isDocument ? "no-store" : "public, max-age=31536000, immutable");
    assertThat(header(answer, "content-security-policy").orElseThrow())
        .startsWith("default-src 'none'");
    assertThat(header(answer, "content-encoding").isPresent())
        .isEqualTo(answer.path("isBase64Encoded").booleanValue());
  }

  private static Optional<String> header(JsonNode answer, String name) {
    return Optional.ofNullable(answer.path("headers").get(name)).map(JsonNode::asText);
  }
}
