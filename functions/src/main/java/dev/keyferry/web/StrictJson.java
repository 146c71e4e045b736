package dev.keyferry.web;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads JSON strictly with databind, and writes it in one way only.
///
/// A member has the type that its record says, and no other type is converted to it. `null` counts
/// as omitted, and an unknown member is ignored. A repeated member, text after the object, and half
/// of a surrogate pair are invalid requests.
public final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .withConfigOverride(
              List.class,
              list -> list.setSetterInfo(JsonSetter.Value.construct(Nulls.AS_EMPTY, Nulls.SKIP)))
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(
              new SimpleModule()
                  .addSerializer(new Members())
                  .addSerializer(new OptionalValue())
                  .setSerializerModifier(new NoBeans()))
          .build();

  private StrictJson() {}

  /// Reads a body that consists of one object.
  public static <T> T read(String body, Class<T> type) {
    return bind(parse("the body", body), type);
  }

  /// @param what the name of the text in an error
  public static ObjectNode parse(String what, String text) {
    try (var parser = MAPPER.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw MalformedRequest.because(what + " is not a JSON object");
      }
      ObjectNode object = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        throw MalformedRequest.because(what + " has content after its JSON object");
      }
      if (isUnicode(object)) {
        return object;
      }
    } catch (IOException e) {
      // This gets the same error as text that is not Unicode.
    }
    throw MalformedRequest.because(what + " is not valid JSON");
  }

  /// Whether all texts are valid Unicode. JSON can escape half of a surrogate pair, which is not a
  /// character and cannot be stored or hashed. A loop, because deep JSON would overflow the stack.
  private static boolean isUnicode(JsonNode value) {
    var utf8 = StandardCharsets.UTF_8.newEncoder();
    var unchecked = new ArrayDeque<>(List.of(value));
    while (!unchecked.isEmpty()) {
      var next = unchecked.pop();
      if (next.isTextual() && !utf8.canEncode(next.textValue())) {
        return false;
      }
      next.forEach(unchecked::push);
    }
    return true;
  }

  /// Binds an object to a record.
  public static <T> T bind(ObjectNode object, Class<T> type) {
    try {
      return MAPPER.treeToValue(object, type);
    } catch (JsonMappingException mismatch) {
      throw MalformedRequest.because(describe(mismatch));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  /// Describes the member that does not fit. Its name comes from a record, so it is safe to repeat.
  private static String describe(JsonMappingException mismatch) {
    var path = mismatch.getPath();
    var member = "the member " + path.getFirst().getFieldName();
    return path.size() > 1
        ? member + " has an element of the wrong type"
        : member + " is not " + wanted(mismatch);
  }

  private static String wanted(JsonMappingException mismatch) {
    var type = mismatch instanceof MismatchedInputException other ? other.getTargetType() : null;
    if (type == String.class) {
      return "a string";
    } else if (type == boolean.class) {
      return "true or false";
    } else if (type != null && List.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "a whole number";
  }

  /// The text of a required member. An empty text counts as omitted.
  public static String require(String member, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      throw MalformedRequest.because("the member " + member + " is missing");
    }
    return text;
  }

  /// Writes texts, numbers, booleans, lists and maps. Members are sorted, so that a repeated answer
  /// is the same to the byte wherever it is made. An empty `Optional` is left out.
  public static String write(Map<String, ?> object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static final class Members extends StdSerializer<Map<?, ?>> {
    private static final long serialVersionUID = 1L;

    Members() {
      super(Map.class, false);
    }

    @Override
    public void serialize(Map<?, ?> object, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartObject();
      for (var member : new TreeMap<>(object).entrySet()) {
        if (!Optional.empty().equals(member.getValue())) {
          provider.defaultSerializeField(member.getKey().toString(), member.getValue(), json);
        }
      }
      json.writeEndObject();
    }
  }

  private static final class OptionalValue extends StdSerializer<Optional<?>> {
    private static final long serialVersionUID = 1L;

    OptionalValue() {
      super(Optional.class, false);
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(value.orElseThrow(), json);
    }
  }

  /// Refuses to write the members of other objects, because such an object may hold a secret.
  private static final class NoBeans extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonSerializer<?> modifySerializer(
        SerializationConfig config, BeanDescription bean, JsonSerializer<?> serializer) {
      if (serializer instanceof BeanSerializerBase) {
        throw new IllegalArgumentException(bean.getBeanClass() + " is not written as JSON");
      }
      return serializer;
    }
  }
}
