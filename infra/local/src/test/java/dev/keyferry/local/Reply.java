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

/// A response, from the gateway or directly from a handler.
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

  /// A parameter of the address that the page must redirect to; empty if the address does not have
  /// it.
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

  /// The part of the response by which a client decides: the status, and the error if there is one.
  public String verdict() {
    return status + Optional.ofNullable(json().get("error")).map(e -> " " + e.asText()).orElse("");
  }
}
