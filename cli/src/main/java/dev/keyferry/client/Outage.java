package dev.keyferry.client;

import dev.keyferry.client.LoginException.Unreachable;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Responses that decide nothing. The same request may succeed later.
final class Outage {
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  private Outage() {}

  static boolean matches(Reply reply) {
    return reply.status() >= 500 || reply.status() == 429 || reply.status() == 408;
  }

  /// How long the server asks clients to wait, RFC 9110 §10.2.3. A date is ignored.
  static Optional<Duration> retryAfter(Reply reply) {
    return reply
        .header("Retry-After")
        .map(String::strip)
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  static String describe(Reply reply) {
    var later =
        retryAfter(reply).map(pause -> "; try again in " + pause.toSeconds() + " s").orElse("");
    return "The server is unavailable (status " + reply.status() + later + ").";
  }

  static Unreachable asException(Reply reply) {
    return new Unreachable(describe(reply));
  }
}
