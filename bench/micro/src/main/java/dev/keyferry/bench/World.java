package dev.keyferry.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2CustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.aws.AwsConnection;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.InMemoryLimitStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.LimitStore;
import dev.keyferry.lambda.ApproveHandler;
import dev.keyferry.lambda.AuthorizationApproveHandler;
import dev.keyferry.lambda.AuthorizationClaimHandler;
import dev.keyferry.lambda.AuthorizationDenyHandler;
import dev.keyferry.lambda.AuthorizeHandler;
import dev.keyferry.lambda.ClaimHandler;
import dev.keyferry.lambda.Clients;
import dev.keyferry.lambda.DenyHandler;
import dev.keyferry.lambda.IntrospectHandler;
import dev.keyferry.lambda.KeyAuthorizer;
import dev.keyferry.lambda.ListKeysHandler;
import dev.keyferry.lambda.MetadataHandler;
import dev.keyferry.lambda.PollHandler;
import dev.keyferry.lambda.RevokeHandler;
import dev.keyferry.lambda.RevokeKeyHandler;
import dev.keyferry.lambda.SignOutHandler;
import dev.keyferry.lambda.SubjectHandler;
import dev.keyferry.lambda.VerificationPageHandler;
import dev.keyferry.lambda.WhoamiHandler;
import dev.keyferry.lambda.Wiring;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.Template;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What has happened before a request is measured: whoever has to have asked, claimed or approved
/// has done so, through the handlers and in a store that a clock at rest never ages.
final class World implements AutoCloseable {
  /// A request to one function, that can be made again and again.
  interface Request {
    Object send();
  }

  static final List<String> REQUESTS =
      List.of(
          "poll, pending",
          "poll, pending, as JSON",
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

  private final Map<String, String> settings = new HashMap<>();
  private final Clients clients =
      Clients.ofArtifact().with(Client.confidential("reports-api", "Reports", sha256(SECRET), true));
  private final InstantSource clock = Clock.fixed(Instant.now(Clock.systemUTC()), ZoneOffset.UTC);
  private final InMemoryKeyStore keys = new InMemoryKeyStore();
  private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
  private final LimitStore limits = new InMemoryLimitStore();
  private final LocalAws aws;
  private final boolean throughSdk;
  private final RepeatedHttp http;
  private final Wiring plain;
  private final Wiring measured;
  private final Context context = new Invocation();

  /// @param throughSdk else the stores themselves are in memory
  World(boolean throughSdk) throws IOException {
    this.throughSdk = throughSdk;
    aws = LocalAws.embedded(0);
    http = new RepeatedHttp(AwsConnection.defaultHttp(), aws.dynamo().endpoint().orElseThrow());
    var template = new Template(Path.of("template.yaml"), Map.of("HashKey.Arn", aws.hashKey()));
    template.functions().forEach(function -> settings.putAll(function.environment()));
    if (throughSdk) {
      for (var table : List.of("GrantsTable", "KeysTable")) {
        aws.createTable(table, template.properties(table));
      }
    }
    plain = wiring(aws.dynamo(), grants, keys, limits);
    var repeated = new Repeated();
    var dynamo = aws.dynamo();
    measured =
        wiring(
            new AwsConnection(
                dynamo.region(), dynamo.credentials(), Optional.empty(), http, List.of()),
            repeated.of(grants),
            repeated.of(keys),
            repeated.of(limits));
  }

  private Wiring wiring(
      AwsConnection dynamo, GrantStore grantsThere, KeyStore keysThere, LimitStore limitsThere) {
    if (throughSdk) {
      return new Wiring(
          settings, clients, () -> dynamo, aws::kms, clock, new SecureRandom(), _ -> {});
    }
    return new Wiring(
        settings, clients, () -> dynamo, aws::kms, clock, new SecureRandom(), _ -> {}) {
      @Override
      protected GrantStore grants() {
        return grantsThere;
      }

      @Override
      protected KeyStore keys() {
        return keysThere;
      }

      @Override
      protected LimitStore limits() {
        return limitsThere;
      }
    };
  }

  /// Makes the request once, in earnest; then what it asks of the store is answered as it was.
  Request prepare(String name) throws IOException {
    var request = request(name);
    var answer = told(request.send());
    http.repeat();
    var again = told(request.send());
    if (!answer.status().equals(again.status()) || !expected(name, answer)) {
      throw new IllegalStateException(name + ": " + answer + ", and then " + again);
    }
    return request;
  }

  /// How many requests to DynamoDB it takes.
  int calls() {
    return http.calls();
  }

  private record Told(String status, String body) {}

  private static Told told(Object answer) {
    return answer instanceof APIGatewayV2HTTPResponse response
        ? new Told(String.valueOf(response.getStatusCode()), String.valueOf(response.getBody()))
        : new Told("200", answer.toString());
  }

  private static boolean expected(String name, Told answer) {
    return switch (name) {
      case "poll, pending", "poll, pending, as JSON" ->
          answer.body().contains("authorization_pending");
      case "key-authorizer" -> answer.body().contains("isAuthorized=true");
      case "introspect" -> answer.body().contains("\"active\":true");
      case "revoke-key", "sign-out" -> answer.status().equals("204");
      default -> answer.status().equals("200");
    };
  }

  private Request request(String name) throws IOException {
    return switch (name) {
      case "poll, pending" -> poll(deviceCode(codes()), measured);
      case "poll, pending, as JSON" -> asJson(deviceCode(codes()));
      case "poll, approved" -> poll(deviceCode(approved()), measured);
      case "poll, browser's code" -> {
        var form = new LinkedHashMap<String, String>();
        form.put("grant_type", "authorization_code");
        form.put("client_id", "cli");
        form.put("redirect_uri", REDIRECT_URI);
        form.put("code_verifier", VERIFIER);
        form.put("code", authorizationCode());
        yield api(new PollHandler(measured), form("poll", form));
      }
      case "poll, refresh" -> {
        var form = new LinkedHashMap<String, String>();
        form.put("grant_type", "refresh_token");
        form.put("client_id", "cli");
        form.put("refresh_token", linked().path("refresh_token").asText());
        yield api(new PollHandler(measured), form("poll", form));
      }
      case "authorize" -> api(new AuthorizeHandler(measured), event("authorize"));
      case "claim" -> api(new ClaimHandler(measured), claim(codes()));
      case "approve" -> api(new ApproveHandler(measured), decide("approve", codes()));
      case "deny" -> api(new DenyHandler(measured), decide("deny", codes()));
      case "authorization-claim" ->
          api(new AuthorizationClaimHandler(measured), event("authorization-claim"));
      case "authorization-approve" ->
          api(new AuthorizationApproveHandler(measured), decideLogin("authorization-approve"));
      case "authorization-deny" ->
          api(new AuthorizationDenyHandler(measured), decideLogin("authorization-deny"));
      case "key-authorizer" -> {
        var event = read("key-authorizer", APIGatewayV2CustomAuthorizerEvent.class);
        var token = linked().path("access_token").asText();
        event.setHeaders(with(event.getHeaders(), "authorization", "Bearer " + token));
        // The first use in an hour is noted; it is not what is measured.
        new KeyAuthorizer(plain).handleRequest(event, context);
        var handler = new KeyAuthorizer(measured);
        yield () -> handler.handleRequest(event, context);
      }
      case "introspect" -> {
        var event = form("introspect", Map.of("token", linked().path("access_token").asText()));
        var basic = Base64.getEncoder().encodeToString(("reports-api:" + SECRET).getBytes(UTF_8));
        event.setHeaders(with(event.getHeaders(), "authorization", "Basic " + basic));
        yield api(new IntrospectHandler(measured), event);
      }
      case "revoke" -> {
        var token = linked().path("access_token").asText();
        yield api(
            new RevokeHandler(measured), form("revoke", Map.of("client_id", "cli", "token", token)));
      }
      case "whoami" -> api(new WhoamiHandler(), event("whoami"));
      case "list-keys" -> {
        linked();
        linked();
        linked();
        yield api(new ListKeysHandler(measured), ofAlice("list-keys"));
      }
      case "revoke-key" -> {
        var id = linked().path("access_token").asText().split("_", -1)[1];
        var event = ofAlice("revoke-key");
        event.setRawPath("/keys/" + id);
        yield api(new RevokeKeyHandler(measured), event);
      }
      case "sign-out" -> api(new SignOutHandler(measured), ofAlice("sign-out"));
      case "subject" -> {
        var event = Map.of("action", "disable", "subject", "alice");
        var handler = new SubjectHandler(measured);
        yield () -> handler.handleRequest(event, context);
      }
      case "verification-page" ->
          api(new VerificationPageHandler(measured), event("verification-page"));
      case "metadata" -> api(new MetadataHandler(measured), event("metadata"));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Request api(
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler,
      APIGatewayV2HTTPEvent event) {
    return () -> handler.handleRequest(event, context);
  }

  private static JsonNode body(Request request) throws IOException {
    var answer = told(request.send());
    if (!answer.status().equals("200")) {
      throw new IllegalStateException(answer.toString());
    }
    return JSON.readTree(answer.body());
  }

  private JsonNode codes() throws IOException {
    var asked = Map.of("client_id", "cli", "scope", "read offline_access", "device_name", "laptop");
    return body(api(new AuthorizeHandler(plain), form("authorize", asked)));
  }

  private static String deviceCode(JsonNode codes) {
    return codes.path("device_code").asText();
  }

  private JsonNode approved() throws IOException {
    var codes = codes();
    body(api(new ApproveHandler(plain), decide("approve", codes)));
    return codes;
  }

  private JsonNode linked() throws IOException {
    return body(poll(deviceCode(approved()), plain));
  }

  private Request poll(String deviceCode, Wiring wiring) throws IOException {
    return api(new PollHandler(wiring), pollEvent(deviceCode));
  }

  private static APIGatewayV2HTTPEvent pollEvent(String deviceCode) throws IOException {
    var form = new LinkedHashMap<String, String>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    form.put("client_id", "cli");
    form.put("device_code", deviceCode);
    return form("poll", form);
  }

  /// As Lambda's managed runtime calls a handler: JSON in, JSON out.
  private Request asJson(String deviceCode) throws IOException {
    var event = pollEvent(deviceCode);
    var events = JacksonFactory.getInstance().getSerializer(APIGatewayV2HTTPEvent.class);
    var answers = JacksonFactory.getInstance().getSerializer(APIGatewayV2HTTPResponse.class);
    var json = new ByteArrayOutputStream();
    events.toJson(event, json);
    var sent = json.toByteArray();
    var handler = new PollHandler(measured);
    return () -> {
      var answer = new ByteArrayOutputStream();
      var received = events.fromJson(new ByteArrayInputStream(sent));
      answers.toJson(handler.handleRequest(received, context), answer);
      return answer.toString(UTF_8);
    };
  }

  private APIGatewayV2HTTPEvent claim(JsonNode codes) throws IOException {
    return json("claim", Map.of("user_code", codes.path("user_code").asText()));
  }

  private APIGatewayV2HTTPEvent decide(String name, JsonNode codes) throws IOException {
    var screen = body(api(new ClaimHandler(plain), claim(codes)));
    return json(
        name,
        Map.of(
            "user_code", codes.path("user_code").asText(),
            "approval_nonce", screen.path("approval_nonce").asText()));
  }

  private APIGatewayV2HTTPEvent decideLogin(String name) throws IOException {
    var asked = event("authorization-claim");
    var screen = body(api(new AuthorizationClaimHandler(plain), asked));
    return json(name, Map.of("approval_nonce", screen.path("approval_nonce").asText()));
  }

  private String authorizationCode() throws IOException {
    var event = decideLogin("authorization-approve");
    var back = body(api(new AuthorizationApproveHandler(plain), event)).toString();
    return back.replaceFirst(".*[?&]code=([A-Za-z0-9_-]+).*", "$1");
  }

  /// A sample event, from one address: approving from another is another matter.
  private static APIGatewayV2HTTPEvent event(String name) throws IOException {
    var event = read(name, APIGatewayV2HTTPEvent.class);
    event.getRequestContext().getHttp().setSourceIp(ADDRESS);
    return event;
  }

  private static APIGatewayV2HTTPEvent ofAlice(String name) throws IOException {
    var event = event(name);
    var jwt = event.getRequestContext().getAuthorizer().getJwt();
    jwt.setClaims(with(jwt.getClaims(), "sub", "alice"));
    return event;
  }

  private static APIGatewayV2HTTPEvent form(String name, Map<String, String> form)
      throws IOException {
    var event = event(name);
    var body =
        form.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    event.setBody(Base64.getEncoder().encodeToString(body.getBytes(UTF_8)));
    event.setIsBase64Encoded(true);
    return event;
  }

  private static APIGatewayV2HTTPEvent json(String name, Map<String, String> json)
      throws IOException {
    var event = event(name);
    event.setBody(JSON.writeValueAsString(json));
    event.setIsBase64Encoded(false);
    return event;
  }

  static String json(String name) throws IOException {
    return Files.readString(Path.of("events", name + ".json"));
  }

  private static <T> T read(String name, Class<T> type) throws IOException {
    return JacksonFactory.getInstance().getSerializer(type).fromJson(json(name));
  }

  private static Map<String, String> with(Map<String, String> all, String name, String value) {
    var more = new LinkedHashMap<>(all);
    more.put(name, value);
    return more;
  }

  private static String sha256(String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// DynamoDB has been asked all it will be asked.
  @Override
  public void close() {
    aws.close();
  }
}
