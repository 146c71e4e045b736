package dev.keyferry.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Lambda's Invoke API, as the AWS CLI calls it, for functions without a route.
///
/// Signatures are required but not checked. A web page cannot send such a header here without a
/// preflight request, which is refused.
public final class InvokeApi implements HttpHandler {
  public static final String PATH = "/2015-03-31/functions/";

  private static final Pattern INVOCATION =
      Pattern.compile(Pattern.quote(PATH) + "([A-Za-z0-9]+)/invocations");

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, LocalFunction> byId;
  private final Consumer<String> log;

  public InvokeApi(Map<String, LocalFunction> byId, Consumer<String> log) {
    this.byId = byId;
    this.log = log;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (!isSigned(exchange)) {
        refuse(exchange, 403, "MissingAuthenticationTokenException", "the request is not signed");
        return;
      }
      var id = function(exchange);
      if (id.isEmpty()) {
        refuse(exchange, 404, "ResourceNotFoundException", "this function does not exist");
      } else if (!isJson(event)) {
        refuse(exchange, 400, "InvalidRequestContentException", "the payload is not JSON");
      } else {
        send(exchange, 200, invoke(exchange, id.get(), event));
      }
    }
  }

  private static boolean isSigned(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
        .filter(header -> header.startsWith("AWS4-HMAC-SHA256 "))
        .isPresent();
  }

  private Optional<String> function(HttpExchange exchange) {
    return Optional.of(INVOCATION.matcher(exchange.getRequestURI().getRawPath()))
        .filter(path -> exchange.getRequestMethod().equals("POST") && path.matches())
        .map(path -> path.group(1))
        .filter(byId::containsKey);
  }

  private static boolean isJson(String event) {
    try {
      return !JSON.readTree(event).isMissingNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /// A failed invocation is answered with 200 too. A header tells it apart.
  private String invoke(HttpExchange exchange, String id, String event) {
    try {
      return Optional.ofNullable(byId.get(id)).orElseThrow().invoke(event);
    } catch (RuntimeException | Error failure) {
      log.accept(id + " failed: " + failure);
      exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      return JSON.createObjectNode()
          .put("errorMessage", failure.getMessage())
          .put("errorType", failure.getClass().getName())
          .toString();
    }
  }

  private static void refuse(HttpExchange exchange, int status, String type, String message)
      throws IOException {
    exchange.getResponseHeaders().set("X-Amzn-ErrorType", type);
    send(exchange, status, JSON.createObjectNode().put("message", message).toString());
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    var body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
