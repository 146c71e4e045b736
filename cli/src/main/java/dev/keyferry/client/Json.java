package dev.keyferry.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// JSON, strictly: one object, no duplicate member, nothing after it, not nested deeply.
public final class Json {
  private static final int DEEPEST = 32;
  private static final int LONGEST_NUMBER = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(LONGEST_NUMBER)
                  .build())
          .build();

  /// Nobody asks for one, and to work out `1e999999999` costs or throws: so no fraction has a
  /// value.
  private static final Number A_FRACTION = Double.NaN;

  private Json() {}

  /// @throws LoginException.BadServer if it is not one JSON object
  public static JsonObject read(String text) throws LoginException {
    try (var parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object");
      }
      var members = readMembers(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than an object");
      }
      return new JsonObject(members);
    } catch (IOException _) {
      throw new LoginException.BadServer("The server's answer is not one proper JSON object.");
    }
  }

  private static Map<String, Object> readMembers(JsonParser parser) throws IOException {
    var members = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      readValue(parser).ifPresent(value -> members.put(name, value));
    }
    return members;
  }

  private static Optional<Object> readValue(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(new JsonObject(readMembers(parser)));
      case START_ARRAY -> {
        var elements = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          readValue(parser).ifPresent(elements::add);
        }
        yield Optional.of(elements);
      }
      case VALUE_STRING -> Optional.of(parser.getText());
      case VALUE_NUMBER_INT -> Optional.of(parser.getNumberValue());
      case VALUE_NUMBER_FLOAT -> Optional.of(A_FRACTION);
      case VALUE_TRUE -> Optional.of(true);
      case VALUE_FALSE -> Optional.of(false);
      case VALUE_NULL -> Optional.empty();
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IOException("no value");
    };
  }

  /// Writes strings, numbers, booleans, lists and maps, in the order of the map; an empty
  /// `Optional` is a member left out.
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
          var present =
              member.getValue() instanceof Optional<?> optional
                  ? optional
                  : Optional.of(member.getValue());
          if (present.isPresent()) {
            generator.writeFieldName(member.getKey().toString());
            writeValue(generator, present.get());
          }
        }
        generator.writeEndObject();
      }
      case List<?> elements -> {
        generator.writeStartArray();
        for (var element : elements) {
          writeValue(generator, element);
        }
        generator.writeEndArray();
      }
      case Boolean truth -> generator.writeBoolean(truth);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      default -> generator.writeString(value.toString());
    }
  }
}
