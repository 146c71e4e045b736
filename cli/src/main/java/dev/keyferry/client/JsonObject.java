package dev.keyferry.client;

import java.time.DateTimeException;
import java.time.Instant;
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

  /// One that is there and not empty.
  public String string(String name) throws LoginException {
    return optionalString(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(
            () -> new LoginException.BadServer("The server's answer lacks \"" + name + "\"."));
  }

  public Optional<String> optionalString(String name) throws LoginException {
    return optional(name, String.class, "text");
  }

  /// A whole number.
  public OptionalLong optionalInteger(String name) throws LoginException {
    var number = optional(name, Number.class, "a number");
    if (number.isEmpty()) {
      return OptionalLong.empty();
    }
    if (number.get() instanceof Integer || number.get() instanceof Long) {
      return OptionalLong.of(number.get().longValue());
    }
    throw wrongType(name, "a whole number");
  }

  /// A time in seconds since 1970.
  ///
  /// @throws LoginException.BadServer also if no calendar goes that far
  public Optional<Instant> optionalTime(String name) throws LoginException {
    var seconds = optionalInteger(name);
    if (seconds.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(seconds.getAsLong()));
    } catch (DateTimeException _) {
      throw wrongType(name, "a time");
    }
  }

  /// False if left out.
  public boolean flag(String name) throws LoginException {
    return optional(name, Boolean.class, "true or false").orElse(false);
  }

  /// Empty if left out.
  public List<String> strings(String name) throws LoginException {
    return list(name, String.class);
  }

  /// Empty if left out.
  public List<JsonObject> objects(String name) throws LoginException {
    return list(name, JsonObject.class);
  }

  private <T> List<T> list(String name, Class<T> type) throws LoginException {
    List<?> elements = optional(name, List.class, "a list").orElse(List.of());
    if (!elements.stream().allMatch(type::isInstance)) {
      throw wrongType(name, "a list of one kind");
    }
    return elements.stream().map(type::cast).toList();
  }

  private <T> Optional<T> optional(String name, Class<T> type, String wanted)
      throws LoginException {
    var value = members.get(name);
    if (value != null && !type.isInstance(value)) {
      throw wrongType(name, wanted);
    }
    return Optional.ofNullable(value).map(type::cast);
  }

  private static LoginException wrongType(String name, String wanted) {
    return new LoginException.BadServer(
        "In the server's answer \"" + name + "\" is not " + wanted + ".");
  }
}
