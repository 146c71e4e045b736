package dev.keyferry.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.JwtAuthorizer.Verdict.Authorized;
import dev.keyferry.local.JwtAuthorizer.Verdict.Forbidden;
import dev.keyferry.local.JwtAuthorizer.Verdict.Unauthorized;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.local.Template.Route;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// The parts of API Gateway's HTTP API that the template uses: routes, payload format 2.0, JWT and
/// Lambda authorizers, and the gateway's own errors.
public final class Gateway implements AutoCloseable {
  private static final int LARGEST_BODY = 10 * 1024 * 1024;
  private static final int BACKLOG = 1024;
  private static final Pattern VARIABLE = Pattern.compile("\\{(.*?)\\+?}");
  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final HttpServer server;
  private final Consumer<String> log;

  /// Binds the port. [#serve] starts the server.
  public Gateway(int port, Consumer<String> log) throws IOException {
    // Without this, each small answer would wait for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Clients keep a connection for thirty seconds. If the server closed it at the same moment, a
    // client would lose its next request.
    System.setProperty("sun.net.httpserver.idleInterval", "300");
    server = HttpServer.create(Loopback.port(port), BACKLOG);
    this.log = log;
  }

  public URI url() {
    return Loopback.url(server.getAddress().getPort());
  }

  public void serve(List<Route> routes, Map<String, String> stageVariables, Functions functions) {
    var authorizers = new ConcurrentHashMap<Authorization, Authorizer>();
    // The most specific route first: a greedy one gets what no other route matches.
    var table =
        routes.stream()
            .sorted(Comparator.comparing(Route::isGreedy))
            .map(route ->
                new Served(
                    route,
                    functions.get(route.function().id()),
                    authorizers.computeIfAbsent(
                        route.authorization(), kind -> Authorizer.of(kind, functions))))
            .toList();
    server.createContext("/", exchange -> answer(exchange, table, stageVariables));
    server.createContext(InvokeApi.PATH, new InvokeApi(unrouted(routes, functions), log));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private static Map<String, LocalFunction> unrouted(List<Route> routes, Functions functions) {
    var others = new HashMap<>(functions.byId());
    routes.forEach(route -> others.remove(route.function().id()));
    return others;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private record Served(Route route, LocalFunction function, Authorizer authorizer) {
    /// The path parameters, if the path fits. A greedy variable takes the rest of the path, which
    /// may be empty.
    Optional<Map<String, String>> match(String method, String path) {
      var pattern = route.path().split("/", -1);
      var given = path.split("/", route.isGreedy() ? pattern.length : -1);
      if (!route.method().equals(method) || pattern.length != given.length) {
        return Optional.empty();
      }
      var parameters = new HashMap<String, String>();
      for (int i = 0; i < pattern.length; i++) {
        var variable = VARIABLE.matcher(pattern[i]);
        if (!variable.matches()) {
          if (!pattern[i].equals(given[i])) {
            return Optional.empty();
          }
        } else if (given[i].isEmpty() && !pattern[i].endsWith("+}")) {
          return Optional.empty();
        } else {
          parameters.put(variable.group(1), given[i]);
        }
      }
      return Optional.of(parameters);
    }
  }

  private void answer(HttpExchange exchange, List<Served> table, Map<String, String> variables)
      throws IOException {
    try (exchange) {
      // The body is always read, because the server closes a connection with unread bytes, and a
      // client may be reusing it.
      var body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      var answer =
          table.stream()
              .flatMap(served ->
                  served
                      .match(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath())
                      .map(parameters -> dispatch(exchange, served, parameters, variables, body))
                      .stream())
              .findFirst()
              .orElseGet(() -> message(404, "Not Found"));
      send(exchange, answer);
    }
  }

  private ObjectNode dispatch(
      HttpExchange exchange,
      Served served,
      Map<String, String> parameters,
      Map<String, String> variables,
      byte[] body) {
    try {
      if (body.length > LARGEST_BODY) {
        return message(413, "Request Entity Too Large");
      }
      var event = event(exchange, served.route(), parameters, variables);
      var refusal = served.authorizer().authorize(event);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      putBody(event, body);
      return (ObjectNode) JSON.readTree(served.function().invoke(event.toString()));
    } catch (IOException | RuntimeException | Error e) {
      // The gateway answers however a function fails.
      log.accept(served.route().function().id() + " failed: " + e);
      return message(500, "Internal Server Error");
    }
  }

  private static ObjectNode message(int status, String message) {
    var answer = JSON.createObjectNode().put("statusCode", status);
    answer.putObject("headers").put("content-type", "application/json");
    return answer.put("body", JSON.createObjectNode().put("message", message).toString());
  }

  private static ObjectNode event(
      HttpExchange exchange,
      Route route,
      Map<String, String> parameters,
      Map<String, String> variables) {
    var uri = exchange.getRequestURI();
    var now = Instant.now();
    var event = JSON.createObjectNode().put("version", "2.0");
    event.put("routeKey", route.method() + " " + route.path());
    event.put("rawPath", uri.getPath());
    event.put("rawQueryString", Optional.ofNullable(uri.getRawQuery()).orElse(""));
    var headers = event.putObject("headers");
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    var context = event.putObject("requestContext");
    context.put("accountId", "000000000000").put("apiId", "local").put("stage", "$default");
    context.put("domainName", "127.0.0.1").put("routeKey", event.get("routeKey").asText());
    context.put("requestId", UUID.randomUUID().toString());
    context.put("time", TIME.format(now)).put("timeEpoch", now.toEpochMilli());
    context
        .putObject("http")
        .put("method", exchange.getRequestMethod())
        .put("path", uri.getPath())
        .put("protocol", exchange.getProtocol())
        .put("sourceIp", exchange.getRemoteAddress().getAddress().getHostAddress())
        .put("userAgent", headers.path("user-agent").asText());
    putAll(event.putObject("stageVariables"), variables);
    if (!parameters.isEmpty()) {
      putAll(event.putObject("pathParameters"), parameters);
    }
    return event;
  }

  private static void putAll(ObjectNode node, Map<String, String> values) {
    values.forEach(node::put);
  }

  /// API Gateway sends text as it is, and everything else in base64, including forms.
  private static void putBody(ObjectNode event, byte[] body) {
    if (body.length == 0) {
      return;
    }
    var type = event.path("headers").path("content-type").asText();
    var isText = (type.startsWith("application/json") || type.startsWith("text/")) && isUtf8(body);
    event.put(
        "body",
        isText
            ? new String(body, StandardCharsets.UTF_8)
            : Base64.getEncoder().encodeToString(body));
    event.put("isBase64Encoded", !isText);
  }

  private static boolean isUtf8(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void send(HttpExchange exchange, JsonNode answer) throws IOException {
    answer
        .path("headers")
        .properties()
        .forEach(header ->
            exchange.getResponseHeaders().set(header.getKey(), header.getValue().asText()));
    var text = answer.path("body").asText();
    var body =
        answer.path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(text)
            : text.getBytes(StandardCharsets.UTF_8);
    var hasBody = body.length > 0 && !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.path("statusCode").asInt(), hasBody ? body.length : -1);
    if (hasBody) {
      exchange.getResponseBody().write(body);
    }
  }

  /// Lets an event through, with the caller's claims added, or returns the answer that refuses it.
  private interface Authorizer {
    Optional<ObjectNode> authorize(ObjectNode event) throws IOException;

    static Authorizer of(Authorization kind, Functions functions) {
      return switch (kind) {
        case Authorization.None _ -> _ -> Optional.empty();
        case Authorization.Jwt(var issuer, var audiences, var scopes) -> {
          var authorizer = new JwtAuthorizer(issuer, audiences, scopes);
          yield event -> authorizeUser(event, authorizer);
        }
        case Authorization.Lambda(var function) -> {
          var authorizer = functions.get(function.id());
          yield event -> authorizeKey(event, authorizer);
        }
      };
    }

    private static Optional<ObjectNode> authorizeUser(ObjectNode event, JwtAuthorizer authorizer) {
      return switch (authorizer.judge(authorization(event))) {
        case Unauthorized _ -> Optional.of(message(401, "Unauthorized"));
        case Forbidden _ -> Optional.of(message(403, "Forbidden"));
        case Authorized(var claims, var scopes) -> {
          var jwt = authorizerOf(event).putObject("jwt");
          putAll(jwt.putObject("claims"), claims);
          scopes.forEach(jwt.putArray("scopes")::add);
          yield Optional.empty();
        }
      };
    }

    private static Optional<ObjectNode> authorizeKey(ObjectNode event, LocalFunction authorizer)
        throws IOException {
      if (authorization(event).isEmpty()) {
        return Optional.of(message(401, "Unauthorized"));
      }
      var question = event.deepCopy().put("type", "REQUEST").put("routeArn", "local");
      question.putArray("identitySource").add(authorization(event).get());
      var verdict = JSON.readTree(authorizer.invoke(question.toString()));
      if (!verdict.path("isAuthorized").asBoolean()) {
        return Optional.of(message(403, "Forbidden"));
      }
      authorizerOf(event).set("lambda", verdict.path("context"));
      return Optional.empty();
    }

    private static Optional<String> authorization(ObjectNode event) {
      return Optional.ofNullable(event.path("headers").get("authorization")).map(JsonNode::asText);
    }

    private static ObjectNode authorizerOf(ObjectNode event) {
      return ((ObjectNode) event.path("requestContext")).putObject("authorizer");
    }
  }
}
