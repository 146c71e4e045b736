package dev.keyferry.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.aws.AwsConnection;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.lambda.AwsPorts;
import dev.keyferry.lambda.Clients;
import dev.keyferry.lambda.Host;
import dev.keyferry.lambda.InMemoryPorts;
import dev.keyferry.lambda.Wiring;
import dev.keyferry.limits.InMemoryLimitStore;
import dev.keyferry.limits.LimitStore;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.LocalFunction;
import dev.keyferry.local.Template;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Requests that are ready to be measured. Every earlier step of their flow is done, such as
/// authorize, claim or approve. These steps run through the handlers, and the clock stands still so
/// that nothing expires.
final class PreparedRequests implements AutoCloseable {
  /// A request to one function, which can be sent any number of times.
  interface Request {
    String send();
  }

  static final List<String> REQUESTS =
      List.of(
          "poll, pending",
          "poll, approved",
          "poll, browser's code",
          "poll, refresh",
          "authorize",
          "claim",
          "approve",
          "deny",
          "authorization-claim",
          "authorization-approve",
          "authorization-deny",
          "key-authorizer",
          "introspect",
          "revoke",
          "whoami",
          "list-keys",
          "revoke-key",
          "sign-out",
          "subject",
          "verification-page",
          "metadata");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ADDRESS = "203.0.113.10";
  private static final String SECRET = "of-no-use-elsewhere";
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  private static final String REDIRECT_URI = "http://127.0.0.1:49152/callback";

  private final Clients clients =
      Clients.ofArtifact()
          .with(Client.confidential("reports-api", "Reports", sha256(SECRET), true));
  private final InstantSource clock = Clock.fixed(Instant.now(Clock.systemUTC()), ZoneOffset.UTC);
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final LimitStore limits = new InMemoryLimitStore();
  private final LocalAws aws;
  private final boolean withSdk;
  private final RepeatingHttpClient http;
  private final AwsConnection repeatingDynamo;
  private final RepeatingStores repeated = new RepeatingStores();
  private final Template template;

  /// @param withSdk whether to use the SDK's client; otherwise, the stores are in memory
  PreparedRequests(boolean withSdk) throws IOException {
    this.withSdk = withSdk;
    aws = LocalAws.embedded(0);
    http =
        new RepeatingHttpClient(AwsConnection.defaultHttp(), aws.dynamo().endpoint().orElseThrow());
    template = new Template(Path.of("template.yaml"), Map.of("HashKey.Arn", aws.hashKey()));
    if (withSdk) {
      for (var table : List.of("GrantsTable", "KeysTable")) {
        aws.createTable(table, template.properties(table));
      }
    }
    var dynamo = aws.dynamo();
    repeatingDynamo =
        new AwsConnection(dynamo.region(), dynamo.credentials(), Optional.empty(), http, List.of());
  }

  /// A function for the steps before the measured request.
  private LocalFunction unmeasured(String name) throws IOException {
    return function(name, aws.dynamo(), grants, keys, limits);
  }

  private LocalFunction measured(String name) throws IOException {
    return function(
        name, repeatingDynamo, repeated.of(grants), repeated.of(keys), repeated.of(limits));
  }

  /// @param name the name of its sample event
  private LocalFunction function(
      String name,
      AwsConnection dynamo,
      GrantStore grantsThere,
      KeyStore keysThere,
      LimitStore limitsThere)
      throws IOException {
    var function = function(name);
    var wiring = wiring(function.environment(), dynamo, grantsThere, keysThere, limitsThere);
    return new LocalFunction(
        function,
        wiring,
        line -> {
          throw new IllegalStateException(line);
        });
  }

  /// The function with that name, or the function of the sample event's route.
  private Template.Function function(String name) throws IOException {
    var id = (name + "-function").replace("-", "");
    var routeKey = event(name).path("routeKey").asText();
    var named =
        template.functions().stream()
            .filter(candidate -> candidate.id().equalsIgnoreCase(id))
            .findFirst();
    return named.orElseGet(() ->
        template.routes().stream()
            .filter(route -> (route.method() + " " + route.path()).equals(routeKey))
            .map(Template.Route::function)
            .findFirst()
            .orElseThrow());
  }

  private Wiring wiring(
      Map<String, String> settings,
      AwsConnection dynamo,
      GrantStore grantsThere,
      KeyStore keysThere,
      LimitStore limitsThere) {
    var host = new Host(settings, clock, new SecureRandom(), _ -> {});
    var ports = new AwsPorts(host, () -> dynamo, aws::kms);
    return new Wiring(
        host,
        clients,
        withSdk ? ports : new InMemoryPorts(grantsThere, keysThere, limitsThere, ports::keyHasher));
  }

  /// Sends the request once to the real stores. From then on, the stores repeat their answers.
  Request prepare(String name) throws IOException {
    var request = request(name);
    var answer = JSON.readTree(request.send());
    http.repeat();
    var again = JSON.readTree(request.send());
    if (!status(answer).equals(status(again)) || !expected(name, answer)) {
      throw new IllegalStateException(name + ": " + answer + ", and then " + again);
    }
    return request;
  }

  private static String status(JsonNode answer) {
    return answer.path("statusCode").asText();
  }

  private static boolean expected(String name, JsonNode answer) {
    return switch (name) {
      case "poll, pending" -> answer.path("body").asText().contains("authorization_pending");
      case "key-authorizer" -> answer.path("isAuthorized").asBoolean();
      case "introspect" -> answer.path("body").asText().contains("\"active\":true");
      case "revoke-key", "sign-out" -> status(answer).equals("204");
      case "subject" -> answer.has("status");
      default -> status(answer).equals("200");
    };
  }

  private Request request(String name) throws IOException {
    return switch (name) {
      case "poll, pending" -> measure("poll", poll(codes()));
      case "poll, approved" -> measure("poll", poll(approved()));
      case "poll, browser's code" -> measure("poll", redeem(authorizationCode()));
      case "poll, refresh" -> {
        var function = measured("poll");
        var first = refresh(linked().path("refresh_token").asText());
        var second = bodyOf(function.invoke(first.toString())).path("refresh_token").asText();
        yield measureAfterFirst(function, refresh(second));
      }
      case "claim" -> measure(name, claim(codes()));
      case "approve", "deny" -> measure(name, decide(name, codes()));
      case "authorization-approve", "authorization-deny" -> measure(name, decideLogin(name));
      case "key-authorizer" -> {
        var event = event(name);
        authorize(event, "Bearer " + linked().path("access_token").asText());
        var function = measured(name);
        function.invoke(event.toString());
        yield measureAfterFirst(function, event);
      }
      case "introspect" -> {
        var event = form(name, Map.of("token", linked().path("access_token").asText()));
        var basic = Base64.getEncoder().encodeToString(("reports-api:" + SECRET).getBytes(UTF_8));
        authorize(event, "Basic " + basic);
        var function = measured(name);
        function.invoke(event.toString());
        yield measureAfterFirst(function, event);
      }
      case "revoke" -> {
        var token = linked().path("access_token").asText();
        yield measure(name, form(name, Map.of("client_id", "cli", "token", token)));
      }
      case "list-keys" -> {
        linked();
        linked();
        linked();
        yield measure(name, asAlice(name));
      }
      case "revoke-key" -> {
        var id = linked().path("access_token").asText().split("_", -1)[1];
        yield measure(name, asAlice(name).put("rawPath", "/keys/" + id));
      }
      case "sign-out" -> measure(name, asAlice(name));
      default -> measure(name, event(name));
    };
  }

  private Request measure(String name, ObjectNode event) throws IOException {
    return measure(measured(name), event);
  }

  private static Request measure(LocalFunction function, ObjectNode event) {
    var sent = event.toString();
    return () -> function.invoke(sent);
  }

  /// Measures a request to a function that already knows the key's subject, so it reads once instead
  /// of twice, and that already recorded the key's use in this hour.
  private Request measureAfterFirst(LocalFunction function, ObjectNode event) {
    repeated.forget();
    http.forget();
    return measure(function, event);
  }

  /// The body of a successful answer.
  private JsonNode ask(String name, ObjectNode event) throws IOException {
    return bodyOf(unmeasured(name).invoke(event.toString()));
  }

  private static JsonNode bodyOf(String text) throws IOException {
    var answer = JSON.readTree(text);
    if (!status(answer).equals("200")) {
      throw new IllegalStateException(answer.toString());
    }
    return JSON.readTree(answer.path("body").asText());
  }

  private JsonNode codes() throws IOException {
    var asked = Map.of("client_id", "cli", "scope", "read offline_access", "device_name", "laptop");
    return ask("authorize", form("authorize", asked));
  }

  private JsonNode approved() throws IOException {
    var codes = codes();
    ask("approve", decide("approve", codes));
    return codes;
  }

  private JsonNode linked() throws IOException {
    return ask("poll", poll(approved()));
  }

  private static ObjectNode poll(JsonNode codes) throws IOException {
    var form = new LinkedHashMap<String, String>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    form.put("client_id", "cli");
    form.put("device_code", codes.path("device_code").asText());
    return form("poll", form);
  }

  private static ObjectNode redeem(String code) throws IOException {
    var form = new LinkedHashMap<String, String>();
    form.put("grant_type", "authorization_code");
    form.put("client_id", "cli");
    form.put("redirect_uri", REDIRECT_URI);
    form.put("code_verifier", VERIFIER);
    form.put("code", code);
    return form("poll", form);
  }

  private static ObjectNode refresh(String token) throws IOException {
    var form = new LinkedHashMap<String, String>();
    form.put("grant_type", "refresh_token");
    form.put("client_id", "cli");
    form.put("refresh_token", token);
    return form("poll", form);
  }

  private static ObjectNode claim(JsonNode codes) throws IOException {
    return json("claim", Map.of("user_code", codes.path("user_code").asText()));
  }

  private ObjectNode decide(String name, JsonNode codes) throws IOException {
    var screen = ask("claim", claim(codes));
    return json(
        name,
        Map.of(
            "user_code", codes.path("user_code").asText(),
            "approval_nonce", screen.path("approval_nonce").asText()));
  }

  private ObjectNode decideLogin(String name) throws IOException {
    var screen = ask("authorization-claim", event("authorization-claim"));
    return json(name, Map.of("approval_nonce", screen.path("approval_nonce").asText()));
  }

  private String authorizationCode() throws IOException {
    var back = ask("authorization-approve", decideLogin("authorization-approve")).toString();
    return back.replaceFirst(".*[?&]code=([A-Za-z0-9_-]+).*", "$1");
  }

  /// A sample event, always from one address, because an approval from another network needs a
  /// confirmation.
  private static ObjectNode event(String name) throws IOException {
    var event = (ObjectNode) JSON.readTree(Files.readString(Path.of("events", name + ".json")));
    if (event.at("/requestContext/http") instanceof ObjectNode http) {
      http.put("sourceIp", ADDRESS);
    }
    return event;
  }

  private static ObjectNode asAlice(String name) throws IOException {
    var event = event(name);
    ((ObjectNode) event.at("/requestContext/authorizer/jwt/claims")).put("sub", "alice");
    return event;
  }

  private static void authorize(ObjectNode event, String authorization) {
    ((ObjectNode) event.path("headers")).put("authorization", authorization);
  }

  private static ObjectNode form(String name, Map<String, String> form) throws IOException {
    var body =
        form.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return event(name)
        .put("body", Base64.getEncoder().encodeToString(body.getBytes(UTF_8)))
        .put("isBase64Encoded", true);
  }

  private static ObjectNode json(String name, Map<String, String> json) throws IOException {
    return event(name).put("body", JSON.writeValueAsString(json)).put("isBase64Encoded", false);
  }

  private static String sha256(String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Stops DynamoDB Local. Prepared requests do not need it any more.
  @Override
  public void close() {
    aws.close();
  }
}
