package dev.keyferry.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.keyferry.client.LoginException.BadServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON object, whose members are read by name and type. Duplicate members, deep nesting, and
/// anything after the object are errors. A member that is `null` counts as absent. Unknown members
/// are ignored. docs/decisions/0019-the-client.md says why this is not jackson-databind.
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(64).build())
          .build();

  /// The value of every number that is not a `long`. No member needs one, and to compute
  /// `1e999999999` takes too long or fails.
  private static final Double NOT_A_LONG = Double.NaN;

  private final Map<String, Object> members = new HashMap<>();

  private Json() {}

  /// @throws BadServer if the text is not exactly one JSON object
  public static Json read(String text) throws BadServer {
    try (var parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        var object = readObject(parser);
        if (parser.nextToken() == null) {
          return object;
        }
      }
      throw new JsonParseException(parser, "not exactly one object");
    } catch (IOException _) {
      throw new BadServer("The server's response is not a valid JSON object.");
    }
  }

  private static Json readObject(JsonParser parser) throws IOException {
    var object = new Json();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      readValue(parser).ifPresent(value -> object.members.put(name, value));
    }
    return object;
  }

  private static Optional<Object> readValue(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(readObject(parser));
      case START_ARRAY -> {
        var elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          readValue(parser).ifPresent(elements::add);
        }
        yield Optional.of(elements);
      }
      case VALUE_STRING -> Optional.of(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> Optional.of(parser.getBooleanValue());
      case VALUE_NULL -> Optional.empty();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == NumberType.BIG_INTEGER
              ? Optional.of(NOT_A_LONG)
              : Optional.of(parser.getLongValue());
      default -> Optional.of(NOT_A_LONG);
    };
  }

  public boolean has(String name) {
    return members.containsKey(name);
  }

  /// @throws BadServer if the text is absent or empty
  public String string(String name) throws BadServer {
    return optionalString(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> new BadServer("The server's response has no \"" + name + "\"."));
  }

  public Optional<String> optionalString(String name) throws BadServer {
    return optional(name, String.class, "a string");
  }

  public Optional<Long> optionalInteger(String name) throws BadServer {
    return optional(name, Long.class, "an integer");
  }

  /// A time in seconds since 1970.
  public Optional<Instant> optionalTime(String name) throws BadServer {
    try {
      return optionalInteger(name).map(Instant::ofEpochSecond);
    } catch (DateTimeException _) {
      throw wrongType(name, "a time");
    }
  }

  /// False if absent.
  public boolean flag(String name) throws BadServer {
    return optional(name, Boolean.class, "true or false").orElse(false);
  }

  /// Empty if absent.
  public List<String> strings(String name) throws BadServer {
    return list(name, String.class, "a list of strings");
  }

  /// Empty if absent.
  public List<Json> objects(String name) throws BadServer {
    return list(name, Json.class, "a list of objects");
  }

  private <T> List<T> list(String name, Class<T> type, String wanted) throws BadServer {
    List<?> elements = optional(name, List.class, wanted).orElse(List.of());
    if (!elements.stream().allMatch(type::isInstance)) {
      throw wrongType(name, wanted);
    }
    return elements.stream().map(type::cast).toList();
  }

  private <T> Optional<T> optional(String name, Class<T> type, String wanted) throws BadServer {
    var value = Optional.ofNullable(members.get(name));
    if (!value.stream().allMatch(type::isInstance)) {
      throw wrongType(name, wanted);
    }
    return value.map(type::cast);
  }

  private static BadServer wrongType(String name, String wanted) {
    return new BadServer("In the server's response, \"" + name + "\" is not " + wanted + ".");
  }

  /// Writes strings, numbers, booleans, lists, and maps, in the order of the map. An empty
  /// `Optional` is left out. Any other value is written as its `toString`.
  public static String write(Map<String, ?> object) {
    var text = new StringWriter();
    try (var generator = FACTORY.createGenerator(text)) {
      writeValue(generator, object);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.toString();
  }

  private static void writeValue(JsonGenerator generator, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> members -> {
        generator.writeStartObject();
        for (var member : members.entrySet()) {
          if (!member.getValue().equals(Optional.empty())) {
            generator.writeFieldName(member.getKey().toString());
            writeValue(generator, member.getValue());
          }
        }
        generator.writeEndObject();
      }
      case Optional<?> present -> writeValue(generator, present.orElseThrow());
      case List<?> elements -> {
        generator.writeStartArray();
        for (var element : elements) {
          writeValue(generator, element);
        }
        generator.writeEndArray();
      }
      case Boolean _, Number _ -> generator.writePOJO(value);
      default -> generator.writeString(value.toString());
    }
  }
}
