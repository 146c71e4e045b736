package dev.keyferry.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The members of a JSON object by name and type; `null` counts as left out, unknown members are
/// ignored, one of another type is a server that breaks the protocol.
public final class JsonObject {
  private final Map<String, Object> members;

  JsonObject(Map<String, Object> members) {
    this.members = members;
  }

  public boolean has(String name) {
    return members.containsKey(name);
  }

  public String string(String name) throws LoginException {
    return Soon.later(this, name);
  }

  public Optional<String> optionalString(String name) throws LoginException {
    return Soon.later(this, name);
  }

  /// A whole number.
  public OptionalLong optionalInteger(String name) throws LoginException {
    return Soon.later(this, name);
  }

  /// False if left out.
  public boolean flag(String name) throws LoginException {
    return Soon.later(this, name);
  }

  /// Empty if left out.
  public List<String> strings(String name) throws LoginException {
    return Soon.later(this, name);
  }

  /// Empty if left out.
  public List<JsonObject> objects(String name) throws LoginException {
    return Soon.later(this, name);
  }
}
