package dev.keyferry.web;

import dev.keyferry.flow.OAuthError;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// An HTTP response: status, headers by lower-case name, and body.
///
/// @param isBase64 whether the body is the base64 of the bytes to send, and not the text itself
public record Response(int status, Map<String, String> headers, String body, boolean isBase64) {
  public Response(int status, Map<String, String> headers, String body) {
    this(status, headers, body, false);
  }

  public static Response json(int status, Map<String, ?> body) {
    return new Response(
        status,
        Map.of(
            "content-type", "application/json",
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        StrictJson.write(body));
  }

  /// A success without content.
  public static Response empty() {
    return new Response(204, Map.of("cache-control", "no-store"), "");
  }

  /// A refusal, RFC 6749 §5.2.
  public static Response error(OAuthError error) {
    var body = new LinkedHashMap<String, Object>();
    body.put("error", error.code().value());
    body.put("error_description", error.description());
    if (error.code() == OAuthError.Code.SLOW_DOWN) {
      error.pause().ifPresent(interval -> body.put("interval", seconds(interval)));
    }
    var response = json(status(error), body);
    return switch (error.code()) {
      case TEMPORARILY_UNAVAILABLE, OVER_LIMIT ->
          error
              .pause()
              .map(pause -> response.with("retry-after", Long.toString(seconds(pause))))
              .orElse(response);
      // Every 401 says how to authenticate, RFC 9110 §15.5.2.
      case INVALID_CLIENT -> response.with("www-authenticate", "Basic realm=\"keyferry\"");
      default -> response;
    };
  }

  /// Rounds up, so that a client that waits this long is not too early.
  private static long seconds(Duration pause) {
    return Math.ceilDiv(pause.toMillis(), 1000);
  }

  public Response with(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Response(status, more, body, isBase64);
  }

  private static int status(OAuthError error) {
    return switch (error.code()) {
      case INVALID_CLIENT -> 401;
      case INVALID_USER_CODE, NOT_FOUND -> 404;
      case OVER_LIMIT -> 429;
      case TEMPORARILY_UNAVAILABLE -> 503;
      case INVALID_REQUEST,
          INVALID_GRANT,
          UNAUTHORIZED_CLIENT,
          UNSUPPORTED_GRANT_TYPE,
          UNSUPPORTED_RESPONSE_TYPE,
          INVALID_SCOPE,
          AUTHORIZATION_PENDING,
          SLOW_DOWN,
          ACCESS_DENIED,
          EXPIRED_TOKEN,
          CONFIRMATION_REQUIRED,
          ACKNOWLEDGEMENT_REQUIRED ->
          400;
    };
  }
}
