package dev.keyferry.client;

import java.util.Map;

/// JSON, strictly: one object, no duplicate member, nothing after it, not nested deeply.
public final class Json {
  private Json() {}

  /// @throws LoginException.BadServer if it is not one JSON object
  public static JsonObject read(String text) throws LoginException {
    return Soon.later(text);
  }

  /// Writes strings, numbers, booleans, lists and maps, in the order of the map; an empty `Optional`
  /// is a member left out.
  public static String write(Map<String, ?> object) {
    return Soon.later(object);
  }
}
