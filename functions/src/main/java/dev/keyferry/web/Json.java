package dev.keyferry.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// JSON by Jackson's streaming core: databind would add a third of a second to every cold start for
/// bodies of three members.
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// Nobody asks for one, and to work out `1e999999999` costs or throws: so no fraction has a
  /// value.
  private static final Number A_FRACTION = Double.NaN;

  private Json() {}

  /// Writes strings, numbers, booleans, lists and maps; an empty `Optional` is a member left out.
  /// Members are sorted, so that a repeated answer is the same to the byte wherever it is made.
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
        for (var member : new TreeMap<>(members).entrySet()) {
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

  /// Reads one object; anything else is an invalid request.
  public static JsonObject readObject(String text) {
    return readObject("the body", text);
  }

  /// @param what how to call the text in an error
  public static JsonObject readObject(String what, String text) {
    return readObject(what, text, Json::unicode);
  }

  /// Reads an event. It is Lambda's, but what it quotes is not: half a character in it is for those
  /// to judge who use it.
  public static JsonObject readEvent(byte[] json) {
    return readObject("the event", new String(json, StandardCharsets.UTF_8), text -> text);
  }

  /// What a text may be.
  private interface Check {
    String of(String text) throws CharacterCodingException;
  }

  private static JsonObject readObject(String what, String text, Check check) {
    try (var parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw MalformedRequest.because(what + " is not a JSON object");
      }
      var object = readMembers(parser, check);
      if (parser.nextToken() != null) {
        throw MalformedRequest.because(what + " goes on after its JSON object");
      }
      return new JsonObject(object);
    } catch (IOException e) {
      throw MalformedRequest.because(what + " is not valid JSON");
    }
  }

  private static Map<String, Object> readMembers(JsonParser parser, Check check)
      throws IOException {
    var members = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      readValue(parser, check).ifPresent(value -> members.put(name, value));
    }
    return members;
  }

  private static Optional<Object> readValue(JsonParser parser, Check check) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(new JsonObject(readMembers(parser, check)));
      case START_ARRAY -> {
        var elements = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          readValue(parser, check).ifPresent(elements::add);
        }
        yield Optional.of(elements);
      }
      case VALUE_STRING -> Optional.of(check.of(parser.getText()));
      case VALUE_NUMBER_INT -> Optional.of(parser.getNumberValue());
      case VALUE_NUMBER_FLOAT -> Optional.of(A_FRACTION);
      case VALUE_TRUE -> Optional.of(true);
      case VALUE_FALSE -> Optional.of(false);
      case VALUE_NULL -> Optional.empty();
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IOException("no value");
    };
  }

  /// JSON can escape half a surrogate pair, which is no character and cannot be stored or hashed as
  /// it is.
  private static String unicode(String text) throws CharacterCodingException {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
          throw new CharacterCodingException();
        }
        return text;
      }
    }
    return text;
  }
}
