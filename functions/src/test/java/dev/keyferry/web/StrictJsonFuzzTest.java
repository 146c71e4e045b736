package dev.keyferry.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Fuzzes the JSON of users and of clients' keys. A plain databind checks what is accepted and what
/// it means.
final class StrictJsonFuzzTest {
  private static final JsonMapper DATABIND =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @FuzzTest
  void reads_the_objects_that_databind_reads_and_writes_them_back(byte[] input) {
    var text = new String(input, UTF_8);
    var tree = tree(text);

    var read = read(text);

    assertThat(read).isEqualTo(tree.filter(StrictJsonFuzzTest::isUnicode));
    read.ifPresent(object -> {
      assertBound(object);
      var written = StrictJson.write(writable(object));
      assertThat(tree(written)).contains(withoutWhatHasNoValue(object));
      assertThat(StrictJson.write(writable(tree(written).orElseThrow()))).isEqualTo(written);
    });
  }

  private static Optional<JsonNode> read(String text) {
    try {
      return Optional.of(StrictJson.parse("the body", text));
    } catch (MalformedRequest refused) {
      return Optional.empty();
    }
  }

  private record Body(@Nullable String a, @Nullable Long b, boolean c, List<String> d) {}

  /// A record has the values of the object, or the object is refused with a fixed text.
  private static void assertBound(JsonNode object) {
    try {
      var body = StrictJson.bind((ObjectNode) object, Body.class);
      assertThat(body.a()).isEqualTo(object.path("a").textValue());
      assertThat(body.b()).isEqualTo(object.hasNonNull("b") ? object.path("b").longValue() : null);
      assertThat(body.c()).isEqualTo(object.path("c").booleanValue());
      assertThat(body.d())
          .isEqualTo(
              object
                  .path("d")
                  .valueStream()
                  .filter(each -> !each.isNull())
                  .map(JsonNode::textValue)
                  .toList());
    } catch (MalformedRequest refused) {
      assertThat(refused.error().description())
          .matches(
              "the member [abcd] (is not a string|is not a whole number|is not true or false|is not a list|has an element of the wrong type)");
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
        : StreamSupport.stream(node.spliterator(), false).allMatch(StrictJsonFuzzTest::isUnicode);
  }

  private static Map<String, JsonNode> present(JsonNode tree) {
    var present = new HashMap<String, JsonNode>();
    tree.properties().forEach(member -> present.put(member.getKey(), member.getValue()));
    present.values().removeIf(JsonNode::isNull);
    return present;
  }

  /// The values that `write` accepts, which exclude fractions, nulls and numbers beyond a long.
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
