package dev.keyferry.product;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.local.Template.Route;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An API without the gateway. It builds events and passes them directly to the functions.
public final class DirectApi extends Api {
  /// Escapes non-ASCII characters, so that an unpaired surrogate passes too.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /// The form in which the gateway passes a body on. The gateway may choose either of the first
  /// two.
  public enum Encoding {
    TEXT,
    BASE64,
    /// A body that no gateway sends.
    BROKEN_BASE64
  }

  private final List<Route> routes;
  private final Invoker functions;
  private final Encoding encoding;
  private final String address;
  private final Map<String, String> claims;

  public DirectApi(List<Route> routes, Invoker functions, Encoding encoding) {
    this(routes, functions, encoding, "203.0.113.7", Map.of());
  }

  private DirectApi(
      List<Route> routes,
      Invoker functions,
      Encoding encoding,
      String address,
      Map<String, String> claims) {
    this.routes = routes;
    this.functions = functions;
    this.encoding = encoding;
    this.address = address;
    this.claims = claims;
  }

  /// The same environments, called from another address.
  public DirectApi from(String otherAddress) {
    return new DirectApi(routes, functions, encoding, otherAddress, claims);
  }

  /// The same environments, for users whose tokens have these additional claims.
  public DirectApi claiming(Map<String, String> more) {
    return new DirectApi(routes, functions, encoding, address, more);
  }

  @Override
  public Reply send(Call call) {
    var path = call.path().split("\\?", 2);
    var route =
        routes.stream()
            .filter(candidate -> candidate.method().equals(call.method()))
            .filter(candidate -> path[0].matches(candidate.path().replaceAll("\\{.*}", "[^/]+")))
            .findFirst()
            .orElseThrow();
    var event = JSON.createObjectNode().put("version", "2.0");
    event.put("routeKey", route.method() + " " + route.path()).put("rawPath", path[0]);
    event.put("rawQueryString", path.length > 1 ? path[1] : "");
    call.headers().forEach(event.putObject("headers")::put);
    event
        .putObject("stageVariables")
        .put("PublicUrl", "https://keyferry.example")
        .put("IssuerUrl", "https://issuer.example")
        .put("PageClientId", "page");
    var context = event.putObject("requestContext").put("requestId", "request-of-" + route.path());
    context.putObject("http").put("method", route.method()).put("sourceIp", address);
    event.put("body", encoded(call.body())).put("isBase64Encoded", encoding != Encoding.TEXT);
    switch (route.authorization()) {
      case Authorization.None _ -> {}
      case Authorization.Jwt _ -> {
        var jwt = context.putObject("authorizer").putObject("jwt").putObject("claims");
        claims.forEach(jwt::put);
        jwt.put("sub", call.user());
      }
      case Authorization.Lambda(var authorizer) -> {
        ObjectNode verdict;
        try {
          verdict = invoke(authorizer.id(), event);
        } catch (IllegalStateException outage) {
          // If an authorizer fails, the gateway answers.
          return new Reply(500, Map.of(), "{\"message\":\"Internal Server Error\"}");
        }
        if (!verdict.path("isAuthorized").asBoolean()) {
          return new Reply(403, Map.of(), "{\"message\":\"Forbidden\"}");
        }
        context.putObject("authorizer").set("lambda", verdict.path("context"));
      }
    }
    var answer = invoke(route.function().id(), event);
    var headers = new LinkedHashMap<String, String>();
    answer
        .path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    return new Reply(answer.path("statusCode").asInt(), headers, answer.path("body").asText());
  }

  /// Invokes a function that has no route.
  public ObjectNode operate(String function, Map<String, String> event) {
    return invoke(function, JSON.valueToTree(event));
  }

  private String encoded(String body) {
    return switch (encoding) {
      case TEXT -> body;
      case BASE64 -> Base64.getEncoder().encodeToString(body.getBytes(UTF_8));
      case BROKEN_BASE64 -> "%" + Base64.getEncoder().encodeToString(body.getBytes(UTF_8));
    };
  }

  private ObjectNode invoke(String function, ObjectNode event) {
    try {
      return (ObjectNode) JSON.readTree(functions.invoke(function, JSON.writeValueAsString(event)));
    } catch (JsonProcessingException e) {
      throw new AssertionError("a handler's response is not JSON", e);
    }
  }
}
