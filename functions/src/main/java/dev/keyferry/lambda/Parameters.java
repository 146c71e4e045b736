package dev.keyferry.lambda;

import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import dev.keyferry.web.MalformedRequest;
import java.time.Duration;

/// Parameters that more than one route takes, checked.
final class Parameters {
  private static final int LONGEST_NAME = 64;

  private Parameters() {}

  static Scope scope(String text) {
    return Scope.parse(text).orElseThrow(() -> scopeError("the scope is malformed"));
  }

  static MalformedRequest scopeError(String description) {
    return new MalformedRequest(OAuthError.invalidScope(description));
  }

  static Duration lifetime(long seconds) {
    if (seconds < Client.MIN_LIFETIME.toSeconds()) {
      throw new MalformedRequest(OAuthError.invalidRequest("expires_in is less than 60 seconds"));
    }
    return Duration.ofSeconds(seconds);
  }

  /// A name for a device: shown to people as untrusted text, so of one line, and something to see.
  static String name(String parameter, String text) {
    if (!isLine(text, LONGEST_NAME)) {
      throw new MalformedRequest(
          OAuthError.invalidRequest(
              parameter + " is not one line of at most 64 visible characters"));
    }
    return text;
  }

  /// Whether a text is one line of no more characters than this, and something to see.
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
