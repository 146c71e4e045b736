package dev.keyferry.lambda;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import dev.keyferry.web.MalformedRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Checks the parameters that more than one route takes.
final class Parameters {
  private static final int LONGEST_NAME = 64;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  private Parameters() {}

  static Scope scope(String text) {
    return Scope.parse(text).orElseThrow(() -> scopeError("the scope is malformed"));
  }

  static MalformedRequest scopeError(String description) {
    return new MalformedRequest(OAuthError.invalidScope(description));
  }

  /// The requested scope, RFC 6749 §3.3. By default, it is all that the client may have except
  /// refresh tokens.
  static Scope scope(Optional<String> text, Client client) {
    var asked = text.map(Parameters::scope).orElse(client.scopes().without(Scope.OFFLINE_ACCESS));
    if (!asked.within(client.scopes())) {
      throw scopeError("this client may not request this scope");
    }
    return asked;
  }

  /// The requested lifetime of a key, in seconds. By default, it is the client's.
  static Duration lifetime(Optional<String> seconds, Client client) {
    return seconds
        .map(Parameters::seconds)
        .map(Parameters::lifetime)
        .map(client::capped)
        .orElse(client.defaultLifetime());
  }

  private static long seconds(String text) {
    if (!SECONDS.matcher(text).matches()) {
      throw new MalformedRequest(OAuthError.invalidRequest("expires_in must be a whole number"));
    }
    return Long.parseLong(text);
  }

  /// The code challenge, RFC 7636 §4.3. `plain`, its default method, protects nothing here.
  static CodeChallenge challenge(Optional<String> challenge, Optional<String> method) {
    return challenge
        .filter(_ -> method.equals(Optional.of("S256")))
        .flatMap(CodeChallenge::parse)
        .orElseThrow(() ->
            new MalformedRequest(
                OAuthError.invalidRequest(
                    "code_challenge must be 43 characters with code_challenge_method S256")));
  }

  static Duration lifetime(long seconds) {
    if (seconds < Client.MIN_LIFETIME.toSeconds()) {
      throw new MalformedRequest(
          OAuthError.invalidRequest("expires_in must be at least 60 seconds"));
    }
    return Duration.ofSeconds(seconds);
  }

  /// The name of a device. Users see it as untrusted text, so it must be one line with something to
  /// see.
  static String name(String parameter, String text) {
    if (!isLine(text, LONGEST_NAME)) {
      throw new MalformedRequest(
          OAuthError.invalidRequest(
              parameter + " must be one line of at most 64 visible characters"));
    }
    return text;
  }

  /// Whether a text is one line of at most this many characters, with something to see.
  static boolean isLine(String text, int longest) {
    return text.codePointCount(0, text.length()) <= longest
        && text.codePoints().noneMatch(Parameters::breaksLine)
        && !text.codePoints().allMatch(Parameters::isInvisible);
  }

  private static boolean breaksLine(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  private static boolean isInvisible(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.getType(character) == Character.FORMAT;
  }
}
