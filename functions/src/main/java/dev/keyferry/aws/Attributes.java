package dev.keyferry.aws;

import dev.keyferry.flow.Delivery;
import dev.keyferry.flow.DeviceName;
import dev.keyferry.flow.MaskedCode;
import dev.keyferry.flow.Profile;
import dev.keyferry.flow.Scope;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The attributes of an item, or the values of an expression. They are written one by one and read
/// back by type. Instants are milliseconds since the epoch.
final class Attributes {
  private static final String USER_NAME = "user_name";
  private static final String USER_EMAIL = "user_email";
  private static final String USER_ORGANISATION = "user_organisation";
  private static final String KEY_NAME = "key_name";
  private static final String KEY_CODE = "key_code";

  private final Map<String, AttributeValue> values;

  private Attributes(Map<String, AttributeValue> values) {
    this.values = values;
  }

  static Attributes none() {
    return new Attributes(new HashMap<>());
  }

  static Attributes of(Map<String, AttributeValue> item) {
    return new Attributes(item);
  }

  /// Reads an item. An item that Keyferry cannot have written decides nothing, so it is an outage.
  /// The outage does not repeat what the item says.
  static <T> T read(Map<String, AttributeValue> item, Function<Attributes, T> reader) {
    return readIfValid(item, reader).orElseThrow(() -> Outages.unreadable("unreadable item"));
  }

  /// Reads an item, if Keyferry can have written it.
  static <T> Optional<T> readIfValid(
      Map<String, AttributeValue> item, Function<Attributes, T> reader) {
    try {
      return Optional.of(reader.apply(of(item)));
    } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  Map<String, AttributeValue> toMap() {
    return values;
  }

  Attributes put(String name, String text) {
    values.put(name, AttributeValue.fromS(text));
    return this;
  }

  Attributes put(String name, long number) {
    values.put(name, AttributeValue.fromN(Long.toString(number)));
    return this;
  }

  Attributes put(String name, AttributeValue value) {
    values.put(name, value);
    return this;
  }

  Attributes put(String name, Instant instant) {
    return put(name, instant.toEpochMilli());
  }

  Attributes put(String name, Scope scope) {
    values.put(
        name, AttributeValue.fromL(scope.tokens().stream().map(AttributeValue::fromS).toList()));
    return this;
  }

  Attributes putSet(String name, String onlyElement) {
    values.put(name, AttributeValue.fromSs(List.of(onlyElement)));
    return this;
  }

  Attributes putText(String name, Optional<String> text) {
    text.ifPresent(present -> put(name, present));
    return this;
  }

  /// A flag that is not set is not stored.
  Attributes putFlag(String name, boolean set) {
    if (set) {
      values.put(name, AttributeValue.fromBool(true));
    }
    return this;
  }

  Attributes putNumbers(String name, Set<Integer> numbers) {
    values.put(name, AttributeValue.fromNs(numbers.stream().map(String::valueOf).toList()));
    return this;
  }

  Attributes putDelivery(Optional<Delivery> delivery) {
    return putText("delivery_jwk", delivery.map(Delivery::jwk))
        .putText("delivery_nonce", delivery.flatMap(Delivery::nonce));
  }

  Optional<Delivery> delivery() {
    return optionalText("delivery_jwk")
        .map(jwk -> new Delivery(jwk, optionalText("delivery_nonce")));
  }

  Attributes put(Profile profile) {
    return putText(USER_NAME, profile.name())
        .putText(USER_EMAIL, profile.email())
        .putText(USER_ORGANISATION, profile.organisation());
  }

  Attributes put(DeviceName name) {
    return switch (name) {
      case DeviceName.Given(var text) -> put(KEY_NAME, text);
      case DeviceName.ByCode(var code) -> put(KEY_CODE, code.toString());
    };
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) {
    return text(name, required(name));
  }

  Optional<String> optionalText(String name) {
    return Optional.ofNullable(values.get(name)).map(value -> text(name, value));
  }

  /// The text of an attribute. Throws if the attribute is not a string.
  private static String text(String name, AttributeValue value) {
    var text = value.s();
    if (text == null) {
      throw new IllegalStateException("no string in attribute " + name);
    }
    return text;
  }

  long number(String name) {
    return Long.parseLong(required(name).n());
  }

  boolean flag(String name) {
    return has(name) && Boolean.TRUE.equals(required(name).bool());
  }

  /// A set of numbers. An empty set is not stored.
  Set<Integer> numbers(String name) {
    return Optional.ofNullable(values.get(name)).stream()
        .flatMap(numbers -> numbers.ns().stream())
        .map(Integer::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }

  Instant instant(String name) {
    return Instant.ofEpochMilli(number(name));
  }

  Optional<Instant> optionalInstant(String name) {
    return has(name) ? Optional.of(instant(name)) : Optional.empty();
  }

  /// Empty if the attribute is missing, because DynamoDB stores no empty set.
  List<String> set(String name) {
    return Optional.ofNullable(values.get(name)).map(AttributeValue::ss).orElse(List.of());
  }

  Scope scope(String name) {
    var list = required(name);
    if (!list.hasL()) {
      throw new IllegalStateException("no list in attribute " + name);
    }
    return new Scope(list.l().stream().map(token -> text(name, token)).toList());
  }

  Profile profile() {
    return new Profile(
        optionalText(USER_NAME), optionalText(USER_EMAIL), optionalText(USER_ORGANISATION));
  }

  DeviceName deviceName() {
    return optionalText(KEY_NAME)
        .<DeviceName>map(DeviceName.Given::new)
        .orElseGet(() -> new DeviceName.ByCode(MaskedCode.parse(text(KEY_CODE))));
  }

  Optional<Attributes> optionalMap(String name) {
    return has(name) ? Optional.of(of(required(name).m())) : Optional.empty();
  }

  private AttributeValue required(String name) {
    var value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("the item has no attribute " + name);
    }
    return value;
  }
}
