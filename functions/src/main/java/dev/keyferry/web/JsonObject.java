package dev.keyferry.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The members of a JSON object by name and type; `null` counts as omitted, unknown members are
/// ignored.
public final class JsonObject {
  private final Map<String, Object> members;

  JsonObject(Map<String, Object> members) {
    this.members = members;
  }

  /// Whether there is such a member, of any type.
  public boolean has(String name) {
    return members.containsKey(name);
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
        .map(number ->
            switch (number) {
              case Integer whole -> whole.longValue();
              case Long whole -> whole;
              default -> throw MalformedRequest.because(name + " is not a whole number");
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
    var object = optional(name, JsonObject.class, "an object");
    return object.stream()
        .flatMap(
            texts -> texts.members.keySet().stream().map(key -> Map.entry(key, texts.string(key))))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
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
