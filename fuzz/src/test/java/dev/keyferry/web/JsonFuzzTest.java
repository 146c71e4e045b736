package dev.keyferry.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// JSON of users and of clients' keys. What is accepted and what it says are held against Jackson's
/// databind, member by member, whatever type each is asked for.
final class JsonFuzzTest {
  private static final JsonMapper DATABIND =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @FuzzTest
  void reads_the_objects_that_databind_reads_and_writes_them_back(byte[] input) {
    var text = new String(input, UTF_8);
    var tree = tree(text);

    var strict = read(text, Json::readObject);
    assertThat(strict.isPresent()).isEqualTo(tree.filter(JsonFuzzTest::isUnicode).isPresent());
    var event = read(text, each -> Json.readEvent(each.getBytes(UTF_8)));
    assertThat(event.isPresent()).isEqualTo(tree.isPresent());

    event.ifPresent(object -> assertSame(object, tree.orElseThrow()));
    strict.ifPresent(object -> {
      assertSame(object, tree.orElseThrow());
      var written = Json.write(writable(tree.orElseThrow()));
      assertThat(tree(written)).contains(withoutWhatHasNoValue(tree.orElseThrow()));
      assertThat(Json.write(writable(tree(written).orElseThrow()))).isEqualTo(written);
    });
  }

  private interface Reader {
    JsonObject read(String text);
  }

  private static Optional<JsonObject> read(String text, Reader reader) {
    try {
      return Optional.of(reader.read(text));
    } catch (MalformedRequest refused) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> tree(String text) {
    try {
      return Optional.of(DATABIND.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static boolean isUnicode(JsonNode node) {
    return node.isTextual()
        ? UTF_8.newEncoder().canEncode(node.textValue())
        : StreamSupport.stream(node.spliterator(), false).allMatch(JsonFuzzTest::isUnicode);
  }

  private static void assertSame(JsonObject object, JsonNode tree) {
    for (var member : tree.properties()) {
      var name = member.getKey();
      var value = member.getValue();
      assertThat(object.has(name)).isEqualTo(!value.isNull());
      assertThat(object.isString(name)).isEqualTo(value.isTextual());
      assertMember(value, value.isTextual(), () -> object.optionalString(name), value.textValue());
      assertMember(
          value,
          value.isIntegralNumber() && value.canConvertToLong(),
          () -> object.optionalInteger(name),
          value.longValue());
      if (value.isBoolean() || value.isNull()) {
        assertThat(object.flag(name)).isEqualTo(value.booleanValue());
      } else {
        assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> object.flag(name));
      }
      if (value.isObject()) {
        assertSame(object.object(name), value);
        assertThat(object.values(name)).isEqualTo(values(value));
      } else if (!value.isNull()) {
        assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> object.object(name));
      }
      assertElements(object, name, value);
    }
    assertThat(object.names()).isEqualTo(present(tree).keySet());
  }

  private static void assertElements(JsonObject object, String name, JsonNode value) {
    var present = StreamSupport.stream(value.spliterator(), false).filter(each -> !each.isNull());
    if (!value.isArray()) {
      if (!value.isNull()) {
        assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> object.strings(name));
      }
      return;
    }
    var elements = present.toList();
    if (elements.stream().allMatch(JsonNode::isTextual)) {
      assertThat(object.strings(name))
          .containsExactlyElementsOf(elements.stream().map(JsonNode::textValue).toList());
    } else {
      assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> object.strings(name));
    }
    if (elements.stream().allMatch(JsonNode::isObject)) {
      var objects = object.objects(name);
      assertThat(objects).hasSameSizeAs(elements);
      for (int i = 0; i < objects.size(); i++) {
        assertSame(objects.get(i), elements.get(i));
      }
    }
  }

  private interface Member<T> {
    Optional<T> read();
  }

  private static <T> void assertMember(JsonNode value, boolean fits, Member<T> member, T expected) {
    if (fits) {
      assertThat(member.read()).contains(expected);
    } else if (value.isNull()) {
      assertThat(member.read()).isEmpty();
    } else {
      assertThatExceptionOfType(MalformedRequest.class).isThrownBy(member::read);
    }
  }

  private static Map<String, JsonNode> present(JsonNode tree) {
    var present = new HashMap<String, JsonNode>();
    tree.properties().forEach(member -> present.put(member.getKey(), member.getValue()));
    present.values().removeIf(JsonNode::isNull);
    return present;
  }

  /// Texts, whole numbers and booleans, as they are spelt.
  private static Map<String, String> values(JsonNode tree) {
    var values = new HashMap<String, String>();
    present(tree)
        .forEach((name, value) -> {
          if (value.isTextual() || value.isBoolean() || value.isIntegralNumber()) {
            values.put(name, value.asText());
          }
        });
    return values;
  }

  /// What `write` takes; it is not given fractions, nulls or numbers beyond a long.
  private static Map<String, Object> writable(JsonNode tree) {
    var writable = new HashMap<String, Object>();
    present(tree)
        .forEach((name, value) -> writableValue(value).ifPresent(it -> writable.put(name, it)));
    return writable;
  }

  private static Optional<Object> writableValue(JsonNode value) {
    if (value.isObject()) {
      return Optional.of(writable(value));
    }
    if (value.isArray()) {
      return Optional.of(
          StreamSupport.stream(value.spliterator(), false)
              .flatMap(each -> writableValue(each).stream())
              .toList());
    }
    if (value.isTextual()) {
      return Optional.of(value.textValue());
    }
    if (value.isBoolean()) {
      return Optional.of(value.booleanValue());
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Optional.of(value.longValue())
        : Optional.empty();
  }

  private static JsonNode withoutWhatHasNoValue(JsonNode tree) {
    return tree(DATABIND.valueToTree(writable(tree)).toString()).orElseThrow();
  }
}
