package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StrictJsonTest {
  private record Body(
      @Nullable String text, @Nullable Long number, boolean flag, List<String> list) {}

  private static Body member(String name, String value) {
    return StrictJson.read("{\"" + name + "\": " + value + "}", Body.class);
  }

  private static void assertRefused(Runnable reading, String description) {
    assertThatExceptionOfType(MalformedRequest.class)
        .isThrownBy(reading::run)
        .withMessage(description)
        .extracting(refused -> refused.error().code())
        .isEqualTo(OAuthError.Code.INVALID_REQUEST);
  }

  private static void assertRefused(Runnable reading) {
    assertThatExceptionOfType(MalformedRequest.class)
        .isThrownBy(reading::run)
        .extracting(refused -> refused.error().code())
        .isEqualTo(OAuthError.Code.INVALID_REQUEST);
  }

  @Nested
  class Reading {
    @Test
    void gives_members_by_name_and_type() {
      var body =
          StrictJson.read(
              """
              {"text": "é\\u00e9", "number": 4102444800000, "flag": true, "list": ["a", "b"]}
              """,
              Body.class);

      assertThat(body).isEqualTo(new Body("éé", 4_102_444_800_000L, true, List.of("a", "b")));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{}",
          "{\"text\": null, \"number\": null, \"flag\": null, \"list\": null}",
          "{\"list\": [null]}"
        })
    void treats_null_as_omitted(String text) {
      assertThat(StrictJson.read(text, Body.class))
          .isEqualTo(new Body(null, null, false, List.of()));
    }

    @Test
    void distinguishes_an_empty_text_from_none_except_for_a_required_one() {
      assertThat(member("text", "\"\"").text()).isEmpty();
      assertThat(StrictJson.require("text", "a")).isEqualTo("a");
      assertRefused(() -> StrictJson.require("text", ""), "the member text is missing");
      assertRefused(() -> StrictJson.require("text", null), "the member text is missing");
    }

    @Test
    void ignores_unknown_members() {
      assertThat(
              StrictJson.read(
                      "{\"x\": [1, {\"y\": [true, null, 1.5, 1e999999999]}], \"text\": \"1\"}",
                      Body.class)
                  .text())
          .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "[\"1\"]", "[]", "{\"b\": \"1\"}", "{}", "1.0"})
    void refuses_another_type_instead_of_a_text(String value) {
      assertRefused(() -> member("text", value), "the member text is not a string");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"60\"",
          "\"\"",
          "true",
          "60.0",
          "6e1",
          "[60]",
          "{}",
          "9223372036854775808",
          "1e999999999",
          "1e99999999999",
          "1e-2147483649"
        })
    void refuses_another_type_instead_of_a_whole_number(String value) {
      assertRefused(() -> member("number", value), "the member number is not a whole number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "\"\"", "1", "0", "[true]", "{}", "1.0"})
    void refuses_another_type_instead_of_a_boolean(String value) {
      assertRefused(() -> member("flag", value), "the member flag is not true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "\"\"", "{}", "1", "true"})
    void refuses_another_type_instead_of_a_list(String value) {
      assertRefused(() -> member("list", value), "the member list is not a list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "[\"a\", 1]", "[[\"a\"]]", "[{}]", "[true]"})
    void refuses_elements_of_another_type(String value) {
      assertRefused(
          () -> member("list", value), "the member list has an element of the wrong type");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          " ",
          "null",
          "true",
          "1",
          "\"a\"",
          "[]",
          "{",
          "{\"a\"}",
          "{\"a\":}",
          "{\"a\":1,}",
          "{a:1}",
          "{'a':1}",
          "{\"a\":01}",
          "{\"a\":NaN}",
          "{\"a\":\"\n\"}",
          "{\"a\":\"\\x\"}",
          "{\"a\":[1,]}",
          "{\"a\":[1}",
          "{} // a comment",
          "\uFEFF{}x"
        })
    void refuses_anything_but_one_json_object(String text) {
      assertRefused(() -> StrictJson.read(text, Body.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{} {}", "{}]", "{}x", "{},", "{}0"})
    void refuses_anything_after_the_object(String text) {
      assertRefused(() -> StrictJson.read(text, Body.class));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"a\": 1, \"a\": 1}",
          "{\"a\": null, \"a\": 1}",
          "{\"a\": 1, \"\\u0061\": 2}",
          "{\"x\": {\"a\": 1, \"a\": 2}}"
        })
    void refuses_a_repeated_member(String text) {
      assertRefused(() -> StrictJson.read(text, Body.class), "the body is not valid JSON");
    }

    /// A request to Lambda on x86_64 has a stack of 1 MB.
    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void reads_a_deep_value_on_a_small_stack(String opening) throws InterruptedException {
      var closing = opening.equals("[") ? "]" : "}";
      var deep = "{\"x\":" + opening.repeat(990) + "1" + closing.repeat(990) + "}";
      var read = new CompletableFuture<ObjectNode>();

      var thread = new Thread(null, () -> read.complete(StrictJson.parse("it", deep)), "", 1 << 17);
      thread.start();
      thread.join();

      assertThat(read).isCompletedWithValueMatching(object -> object.has("x"));
    }

    @Test
    void refuses_unlimited_depth() {
      assertRefused(() -> StrictJson.read("{\"a\":".repeat(1_500), Body.class));
      assertRefused(() ->
          StrictJson.read("{\"a\":" + "[".repeat(4_000) + "]".repeat(4_000) + "}", Body.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "a\\udcbb", "\\udcbb\\ud83d"})
    void refuses_an_unpaired_surrogate_anywhere(String text) {
      assertRefused(() -> member("text", '"' + text + '"'), "the body is not valid JSON");
      assertRefused(() -> member("x", "[{\"y\": \"" + text + "\"}]"), "the body is not valid JSON");
    }

    @Test
    void accepts_a_character_escaped_as_a_surrogate_pair() {
      assertThat(member("text", "\"\\ud83d\\udcbb\"").text()).isEqualTo("💻");
    }
  }

  @Nested
  class Writing {
    @Test
    void writes_each_type_as_json_and_sorts_the_members() {
      var object = new LinkedHashMap<String, Object>();
      object.put("text", "a\"\n</é");
      object.put("integer", 5);
      object.put("long", 4_102_444_800_000L);
      object.put("truth", true);
      object.put("list", List.of("a", 1));
      object.put("object", Map.of("b", Optional.of("c"), "a", List.of(Map.of("z", 1, "y", 2))));

      assertThat(StrictJson.write(object))
          .isEqualTo(
              "{\"integer\":5,\"list\":[\"a\",1],\"long\":4102444800000,"
                  + "\"object\":{\"a\":[{\"y\":2,\"z\":1}],\"b\":\"c\"},"
                  + "\"text\":\"a\\\"\\n</é\",\"truth\":true}");
    }

    @Test
    void leaves_out_absent_members() {
      assertThat(StrictJson.write(Map.of("a", Optional.empty()))).isEqualTo("{}");
    }

    @Test
    void never_serializes_our_own_objects() {
      assertThatThrownBy(() -> StrictJson.write(Map.of("a", new Scope(List.of("read")))))
          .hasMessageContaining("Scope");
    }

    @Test
    void reads_what_it_wrote() {
      var text = "\0\t\\\"é💻\u2028";

      var read = StrictJson.read(StrictJson.write(Map.of("a", text)), ObjectNode.class);

      assertThat(read.path("a").textValue()).isEqualTo(text);
    }
  }
}
