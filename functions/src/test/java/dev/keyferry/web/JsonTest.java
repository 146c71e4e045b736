package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @Nested
  class Reading {
    @Test
    void gives_members_by_name_and_type() {
      var object =
          Json.readObject(
              """
              {"text": "é\\u00e9", "number": 3600, "big": 4102444800000,
               "list": ["a", "b"], "objects": [{"a": "1"}, {}]}
              """);

      assertThat(object.string("text")).isEqualTo("éé");
      assertThat(object.optionalString("text")).contains("éé");
      assertThat(object.integer("number")).isEqualTo(3600);
      assertThat(object.optionalInteger("big")).contains(4_102_444_800_000L);
      assertThat(object.strings("list")).containsExactly("a", "b");
      assertThat(object.objects("objects")).hasSize(2);
      assertThat(object.objects("objects").getFirst().string("a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"a\": null}"})
    void treats_null_as_omitted(String text) {
      var object = Json.readObject(text);

      assertThat(object.optionalString("a")).isEmpty();
      assertThat(object.optionalInteger("a")).isEmpty();
      assertThat(object.strings("a")).isEmpty();
      assertRefused(() -> object.string("a"));
      assertRefused(() -> object.integer("a"));
    }

    @Test
    void tells_an_empty_string_from_none_and_takes_it_for_none_where_one_must_be() {
      var object = Json.readObject("{\"a\": \"\"}");

      assertThat(object.optionalString("a")).contains("");
      assertRefused(() -> object.string("a"));
    }

    @Test
    void ignores_members_that_nobody_asks_for() {
      assertThat(
              Json.readObject("{\"x\": [1, {\"y\": [true, null, 1.5]}], \"a\": \"1\"}").string("a"))
          .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "[\"1\"]", "{\"b\": \"1\"}", "1.0"})
    void refuses_another_type_where_a_string_is_asked_for(String value) {
      var object = Json.readObject("{\"a\": " + value + "}");

      assertRefused(() -> object.optionalString("a"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"60\"",
          "true",
          "60.0",
          "6e1",
          "[60]",
          "9223372036854775808",
          "1e999999999",
          "1e99999999999",
          "1e-2147483649"
        })
    void refuses_another_type_where_a_whole_number_is_asked_for(String value) {
      var object = Json.readObject("{\"a\": " + value + "}");

      assertRefused(() -> object.optionalInteger("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "{}", "[1]", "[\"a\", 1]", "[[\"a\"]]"})
    void refuses_another_type_where_a_list_of_strings_is_asked_for(String value) {
      var object = Json.readObject("{\"a\": " + value + "}");

      assertRefused(() -> object.strings("a"));
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
    void refuses_what_is_not_one_json_object(String text) {
      assertRefused(() -> Json.readObject(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{} {}", "{}]", "{}x", "{},", "{}0"})
    void refuses_anything_after_the_object(String text) {
      assertRefused(() -> Json.readObject(text));
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
      assertRefused(() -> Json.readObject(text));
    }

    @Test
    void refuses_depth_without_end() {
      assertRefused(() -> Json.readObject("{\"a\":".repeat(1_500)));
      assertRefused(() -> Json.readObject("{\"a\":" + "[".repeat(4_000) + "]".repeat(4_000) + "}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "a\\udcbb", "\\udcbb\\ud83d"})
    void refuses_half_a_character(String text) {
      assertRefused(() -> Json.readObject("{\"name\": \"" + text + "\"}"));
    }

    @Test
    void takes_a_character_escaped_in_two_halves() {
      assertThat(Json.readObject("{\"name\": \"\\ud83d\\udcbb\"}").string("name")).isEqualTo("💻");
    }

    private void assertRefused(Runnable reading) {
      assertThatExceptionOfType(MalformedRequest.class)
          .isThrownBy(reading::run)
          .extracting(refused -> refused.error().code())
          .isEqualTo(OAuthError.Code.INVALID_REQUEST);
    }
  }

  @Nested
  class Writing {
    @Test
    void writes_each_type_as_json_has_it_and_members_sorted() {
      var object = new LinkedHashMap<String, Object>();
      object.put("text", "a\"\n</é");
      object.put("integer", 5);
      object.put("long", 4_102_444_800_000L);
      object.put("truth", true);
      object.put("list", List.of("a", 1));
      object.put("object", Map.of("b", Optional.of("c")));
      object.put("scope", new Scope(List.of("read", "write")));

      assertThat(Json.write(object))
          .isEqualTo(
              "{\"integer\":5,\"list\":[\"a\",1],\"long\":4102444800000,\"object\":{\"b\":\"c\"},"
                  + "\"scope\":\"read write\",\"text\":\"a\\\"\\n</é\",\"truth\":true}");
    }

    @Test
    void leaves_out_what_is_not_there() {
      assertThat(Json.write(Map.of("a", Optional.empty()))).isEqualTo("{}");
    }

    @Test
    void reads_what_it_wrote() {
      var text = "\0\t\\\"é💻\u2028";

      assertThat(Json.readObject(Json.write(Map.of("a", text))).string("a")).isEqualTo(text);
    }
  }

  @Test
  void gives_the_values_of_an_object_as_text_and_leaves_out_what_is_more_than_one() {
    var object =
        Json.readObject(
            """
            {"claims": {"sub": "ada", "exp": 1795251600, "no": null, "email_verified": true,
              "id": 123456789012345678901, "groups": ["a", "b"], "address": {"country": "x"},
              "half": 0.5}}\
            """);

    assertThat(object.values("claims"))
        .isEqualTo(
            Map.of(
                "sub", "ada",
                "exp", "1795251600",
                "email_verified", "true",
                "id", "123456789012345678901"));
  }
}
