package dev.keyferry.web;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The members of a JSON object by name and type; `null` counts as omitted, unknown members are
/// ignored.
public final class JsonObject {
  private static final JsonObject NONE = new JsonObject(Map.of());

  private final Map<String, Object> members;

  JsonObject(Map<String, Object> members) {
    this.members = members;
  }

  /// Whether there is such a member, of any type.
  public boolean has(String name) {
    return members.containsKey(name);
  }

  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  public boolean isString(String name) {
    return members.get(name) instanceof String;
  }

  public Optional<String> optionalString(String name) {
    return optional(name, String.class, "a string");
  }

  public String string(String name) {
    return optionalString(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> MalformedRequest.because("the member " + name + " is missing"));
  }

  public Optional<Long> optionalInteger(String name) {
    return optional(name, Number.class, "a whole number")
        .map(number -> {
          if (number instanceof Integer || number instanceof Long) {
            return number.longValue();
          }
          throw MalformedRequest.because(name + " is not a whole number");
        });
  }

  public long integer(String name) {
    return optionalInteger(name)
        .orElseThrow(() -> MalformedRequest.because("the member " + name + " is missing"));
  }

  /// False if omitted.
  public boolean flag(String name) {
    return optional(name, Boolean.class, "true or false").orElse(false);
  }

  public List<String> strings(String name) {
    return list(name, String.class);
  }

  /// The members of an object, all of which are strings; none if it is omitted.
  public Map<String, String> texts(String name) {
    var object = object(name);
    return object.members.keySet().stream()
        .collect(Collectors.toUnmodifiableMap(key -> key, object::string));
  }

  /// The members of an object as text, if each is one value; those that are not (objects and lists,
  /// and fractions, which [have none][Json]) are left out. None if it is omitted.
  public Map<String, String> values(String name) {
    return object(name).members.entrySet().stream()
        .filter(member -> isOneValue(member.getValue()))
        .collect(
            Collectors.toUnmodifiableMap(Map.Entry::getKey, value -> value.getValue().toString()));
  }

  private static boolean isOneValue(Object value) {
    return switch (value) {
      case String _, Boolean _, Integer _, Long _, BigInteger _ -> true;
      default -> false;
    };
  }

  /// Without members if it is omitted.
  public JsonObject object(String name) {
    return optional(name, JsonObject.class, "an object").orElse(NONE);
  }

  public List<JsonObject> objects(String name) {
    return list(name, JsonObject.class);
  }

  private <T> List<T> list(String name, Class<T> type) {
    List<?> elements = optional(name, List.class, "a list").orElse(List.of());
    if (!elements.stream().allMatch(type::isInstance)) {
      throw MalformedRequest.because("the member " + name + " has elements of another type");
    }
    return elements.stream().map(type::cast).toList();
  }

  private <T> Optional<T> optional(String name, Class<T> type, String wanted) {
    var value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw MalformedRequest.because("the member " + name + " is not " + wanted);
    }
    return Optional.of(type.cast(value));
  }
}
