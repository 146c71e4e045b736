package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/// Breaks events in the ways in which a client, a browser, an identity provider or the gateway may
/// get them wrong. It leaves the stage variables alone, because the operator sets them.
final class Mutation {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String STAGE = "stageVariables";
  private static final int MOST = 4;
  private static final BigInteger HUGE = BigInteger.TWO.pow(200);
  private static final String TOO_LARGE = "x".repeat(8 * 1024 + 1);

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\0",
          "é💻",
          "\ud83d",
          "%",
          "%zz",
          "%ff%fe",
          "\"}{",
          "../../keys",
          "null",
          "-1",
          "99999999999999999999",
          "x".repeat(300),
          "[a b]",
          "\u202eevil",
          "2001:db8::7",
          "::ffff:203.0.113.10",
          "fe80::1%eth0",
          "203.0.113.10",
          "localhost",
          "Bearer x");

  private static final List<String> HEADERS =
      List.of(
          "Content-Type",
          "content-type",
          "authorization",
          "Authorization",
          "idempotency-key",
          "sec-fetch-site",
          "accept-language",
          "accept-encoding",
          "content-length",
          "x-forwarded-for",
          "host",
          "cookie",
          "");

  private static final List<String> VALUES =
      List.of(
          "application/x-www-form-urlencoded",
          "application/json",
          "APPLICATION/JSON ; charset=latin1",
          "text/plain",
          "cross-site",
          "gzip;q=0, br",
          "gzip",
          "de-AT,de;q=0.9,*;q=0",
          "de;q=" + "9".repeat(400),
          ",;q=;q=1",
          "Basic " + base64("%zz:%"),
          "Basic ====",
          "Bearer kf_DocumentationKey_NoSecretItStandsInTheRepositoryOfTheProject2xhxMh",
          "k".repeat(256),
          "one\r\ntwo");

  /// Credentials that are valid until a key ends.
  private static final List<String> CREDENTIALS =
      List.of(
          "Basic " + base64("reports-api:the-secret-of-the-reports-api"),
          "Bearer {{access_token}}");

  private static final List<String> PARAMETERS =
      List.of(
          "client_id=cli",
          "client_id=demo",
          "client_id=reports-api",
          "client_id=%00",
          "grant_type=refresh_token",
          "grant_type=refresh_token&refresh_token={{refresh_token}}",
          "grant_type=authorization_code",
          "grant_type=urn:ietf:params:oauth:grant-type:device_code",
          "refresh_token={{refresh_token}}",
          "token={{access_token}}",
          "token={{refresh_token}}",
          "code={{authorization_code}}",
          "device_code={{pending.device_code}}",
          "device_code={{approved.device_code}}",
          "device_code={{consumed.device_code}}",
          "code_verifier=" + Logins.VERIFIER,
          "redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Fcallback",
          "confirmation=4",
          "confirmation=47",
          "expires_in=59",
          "expires_in=999999999999999999",
          "expires_in=1e3",
          "scope=read++write",
          "scope=%22",
          "device_name=a%0Ab",
          "device_name=%F0%9F%92%BB",
          "code_challenge=x",
          "code_challenge_method=plain",
          "encryption_jwk=%7B%7D",
          "encryption_jwk=%7B%22kty%22%3A%22EC%22%2C%22crv%22%3A%22P-256%22%2C%22x%22%3A%22AA%22%7D",
          "nonce=%20",
          "confirmation_supported=maybe",
          "a=%C3",
          "a",
          "=");

  private static final List<String> MEMBERS =
      List.of(
          "user_code",
          "approval_nonce",
          "acknowledged",
          "report",
          "scope",
          "expires_in",
          "name",
          "client_id",
          "redirect_uri",
          "response_type",
          "state",
          "code_challenge",
          "code_challenge_method",
          "device_name");

  private static final List<String> LIVE =
      List.of(
          "{{pending.user_code}}",
          "{{claimed.user_code}}",
          "{{approved.user_code}}",
          "{{claimed.nonce}}",
          "{{approved.nonce}}",
          "{{screen.nonce}}",
          "{{code.nonce}}",
          "{{claimed.nonce}}.",
          "read",
          "read write admin",
          "alice",
          "cli",
          "code");

  private static final List<String> CLAIMS =
      List.of("sub", "name", "email", "org_id", "scope", "exp", "client_id", "key_id");

  private final RandomGenerator random;

  Mutation(RandomGenerator random) {
    this.random = random;
  }

  /// Breaks an event in one or a few ways.
  void breakUp(ObjectNode event) {
    for (int left = random.nextInt(1, MOST + 1); left > 0; left--) {
      switch (random.nextInt(10)) {
        case 0, 1 -> breakMember(event);
        case 2 -> breakHeader(event);
        case 3 -> breakPath(event);
        case 4 -> breakClaim(event);
        case 5 -> event.set("isBase64Encoded", one(NODES.booleanNode(true), value()));
        default -> breakBody(event);
      }
    }
  }

  /// Removes a member anywhere in the event, changes its type, makes it null, or adds it elsewhere
  /// as well.
  private void breakMember(ObjectNode event) {
    var object = objectIn(event);
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    names.remove(STAGE);
    if (names.isEmpty()) {
      return;
    }
    var name = one(names);
    switch (random.nextInt(4)) {
      case 0 -> object.remove(name);
      case 1 -> object.putNull(name);
      case 2 -> object.set(name, value());
      default -> object.set(one(names), object.path(name).deepCopy());
    }
  }

  private ObjectNode objectIn(ObjectNode event) {
    var objects = new ArrayList<ObjectNode>();
    collect(event, objects);
    return one(objects);
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
      object
          .properties()
          .forEach(member -> {
            if (!member.getKey().equals(STAGE)) {
              collect(member.getValue(), objects);
            }
          });
    }
  }

  private JsonNode value() {
    return switch (random.nextInt(9)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.numberNode(random.nextLong());
      case 2 -> NODES.numberNode(random.nextDouble());
      case 3 -> NODES.booleanNode(random.nextBoolean());
      case 4 -> new ArrayNode(NODES).add(one(TEXTS)).add(1).addNull();
      case 5 -> new ObjectNode(NODES).put(one(CLAIMS), one(TEXTS));
      case 6 -> NODES.numberNode(HUGE);
      default -> NODES.textNode(one(TEXTS));
    };
  }

  private void breakHeader(ObjectNode event) {
    if (event.path("headers") instanceof ObjectNode headers) {
      headers.set(one(HEADERS), random.nextInt(6) == 0 ? value() : NODES.textNode(one(VALUES)));
      if (random.nextInt(4) == 0) {
        headers.put("authorization", one(CREDENTIALS));
      }
    }
  }

  private void breakPath(ObjectNode event) {
    switch (random.nextInt(4)) {
      case 0 -> event.put("rawPath", event.path("rawPath").asText() + "/" + one(TEXTS));
      case 1 -> event.put("rawPath", one(TEXTS));
      case 2 -> event.put("rawQueryString", one(PARAMETERS) + "&" + one(PARAMETERS));
      default -> event.put("rawQueryString", one(TEXTS));
    }
  }

  private void breakClaim(ObjectNode event) {
    var authorizer = event.path("requestContext").path("authorizer");
    var claims = authorizer.has("jwt") ? authorizer.path("jwt").path("claims") : authorizer;
    if (claims instanceof ObjectNode object) {
      object.set(one(CLAIMS), value());
    }
  }

  private void breakBody(ObjectNode event) {
    var isBase64 = event.path("isBase64Encoded").asBoolean();
    var body = isBase64 ? decoded(event.path("body").asText()) : event.path("body").asText();
    switch (random.nextInt(10)) {
      case 0 -> event.putNull("body");
      case 1 -> event.put("body", one(TEXTS));
      case 2 -> put(event, body.substring(0, random.nextInt(body.length() + 1)));
      case 3 -> {
        var bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        event.put("isBase64Encoded", true);
        event.put("body", Base64.getEncoder().encodeToString(bytes));
      }
      case 4 -> put(event, body + (random.nextInt(8) == 0 ? TOO_LARGE : one(TEXTS)));
      default -> put(event, body.startsWith("{") ? otherMembers(body) : otherParameters(body));
    }
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private void put(ObjectNode event, String body) {
    var asBase64 = random.nextBoolean();
    event.put("isBase64Encoded", asBase64);
    event.put("body", asBase64 ? base64(body) : body);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /// Mostly replaces the parameter of the same name, because a repeated parameter is always refused
  /// in the same way.
  private String otherParameters(String form) {
    var result = form;
    for (int left = random.nextInt(1, 5); left > 0; left--) {
      var parameter = one(PARAMETERS);
      var name = parameter.split("=", 2)[0];
      var kept = new ArrayList<>(List.of(result.split("&", -1)));
      if (random.nextInt(8) != 0) {
        kept.removeIf(each -> each.startsWith(name + "="));
      }
      kept.add(parameter);
      result = String.join("&", kept);
    }
    return result;
  }

  private String otherMembers(String json) {
    try {
      if (ResponseContract.JSON.readTree(json) instanceof ObjectNode object) {
        if (random.nextInt(4) == 0) {
          object.put("user_code", "{{claimed.user_code}}");
          object.put("approval_nonce", one(List.of("{{claimed.nonce}}", "{{screen.nonce}}")));
        }
        for (int left = random.nextInt(4); left > 0; left--) {
          object.set(one(MEMBERS), random.nextInt(3) == 0 ? value() : NODES.textNode(one(LIVE)));
        }
        return random.nextInt(10) == 0 ? object + object.toString() : object.toString();
      }
      return json;
    } catch (JsonProcessingException e) {
      return json;
    }
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private JsonNode one(JsonNode one, JsonNode other) {
    return random.nextBoolean() ? one : other;
  }
}
