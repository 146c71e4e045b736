package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A request in its wire format, so that a fuzzer and people can read it: a line with method and
/// target, header lines, an empty line, and the body. A header `@sub` is a claim that an authorizer
/// has verified. Every text is a request.
///
/// @param body with one Latin-1 character for each byte
record RawRequest(
    String method,
    String path,
    String query,
    Map<String, String> headers,
    Map<String, String> claims,
    String body) {

  static RawRequest parse(byte[] input) {
    var text = new String(input, ISO_8859_1);
    var end = text.indexOf("\n\n");
    var head = end < 0 ? text : text.substring(0, end);
    var body = end < 0 ? "" : text.substring(end + 2);
    var lines = utf8(head).split("\n", -1);
    var words = lines[0].split(" ", 2);
    var target = (words.length < 2 ? "/" : words[1]).split("\\?", 2);
    var headers = new LinkedHashMap<String, String>();
    var claims = new LinkedHashMap<String, String>();
    Arrays.stream(lines)
        .skip(1)
        .forEach(line -> {
          var parts = line.split(": ?", 2);
          var value = parts.length < 2 ? "" : parts[1];
          if (parts[0].startsWith("@")) {
            claims.put(parts[0].substring(1), value);
          } else {
            headers.merge(parts[0], value, (one, other) -> one + "," + other);
          }
        });
    return new RawRequest(
        words[0], target[0], target.length < 2 ? "" : target[1], headers, claims, body);
  }

  private static String utf8(String latin1) {
    return new String(latin1.getBytes(ISO_8859_1), UTF_8);
  }

  RawRequest withClaims(Map<String, String> others) {
    return new RawRequest(method, path, query, headers, others, body);
  }

  byte[] bytes() {
    return body.getBytes(ISO_8859_1);
  }

  /// The body as text, if it is text. Only then may the gateway send it without encoding.
  Optional<String> textBody() {
    try {
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// The gateway's event, with the body in base64.
  ObjectNode toEvent() {
    var event = ResponseContract.JSON.createObjectNode();
    event.put("version", "2.0");
    event.put("rawPath", path);
    event.put("rawQueryString", query);
    headers.forEach(event.putObject("headers")::put);
    var context = event.putObject("requestContext");
    context.put("requestId", "JKJaXmPLvHcES1A=");
    context.putObject("http").put("method", method).put("sourceIp", "203.0.113.20");
    var authorizer = context.putObject("authorizer");
    var facts =
        path.equals("/whoami")
            ? authorizer.putObject("lambda")
            : authorizer.putObject("jwt").putObject("claims");
    claims.forEach(facts::put);
    var stage = event.putObject("stageVariables");
    stage.put("PublicUrl", "https://keyferry.example");
    stage.put("IssuerUrl", "https://issuer.example");
    stage.put("PageClientId", "keyferry-page");
    stage.put("SignInOrigins", "https://login.example");
    event.put("body", Base64.getEncoder().encodeToString(bytes()));
    event.put("isBase64Encoded", true);
    return event;
  }

  /// The gateway's event, with the body as text.
  Optional<ObjectNode> toTextEvent() {
    return textBody().map(text -> toEvent().put("body", text).put("isBase64Encoded", false));
  }
}
