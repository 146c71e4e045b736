package dev.keyferry.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An answer, whichever way it came.
///
/// @param headers by lower-case name
public record Reply(int status, Map<String, String> headers, String body) {
  private static final JsonMapper JSON = new JsonMapper();

  public JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + body, e);
    }
  }

  public String text(String member) {
    return Optional.ofNullable(json().get(member))
        .map(JsonNode::asText)
        .orElseThrow(() -> new AssertionError("no " + member + " in " + body));
  }

  /// A parameter of the address that the page is told to go to; empty if it has none.
  public Optional<String> parameter(String name) {
    return Stream.of(URI.create(text("redirect_to")).getRawQuery().split("&"))
        .map(parameter -> parameter.split("=", 2))
        .filter(parameter -> parameter[0].equals(name))
        .map(parameter -> URLDecoder.decode(parameter[1], StandardCharsets.UTF_8))
        .findFirst();
  }

  public String redirected(String name) {
    return parameter(name).orElseThrow(() -> new AssertionError("no " + name + " in " + body));
  }

  /// What a client decides by: the status, and the error if there is one.
  public String verdict() {
    return status + Optional.ofNullable(json().get("error")).map(e -> " " + e.asText()).orElse("");
  }
}
