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

  /// A name for a device: shown to people as untrusted text, so of one line.
  static String name(String text) {
    if (text.codePointCount(0, text.length()) > LONGEST_NAME
        || text.codePoints().anyMatch(Character::isISOControl)) {
      throw new MalformedRequest(
          OAuthError.invalidRequest("a name has at most 64 characters, none of them control ones"));
    }
    return text;
  }
}
