package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyferry.flow.OAuthError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FormTest {
  @Test
  void gives_parameters_by_name() {
    var form = Form.parse("client_id=cli&scope=read+write");

    assertThat(form.require("client_id")).isEqualTo("cli");
    assertThat(form.optional("scope")).contains("read write");
    assertThat(form.optional("device_name")).isEmpty();
  }

  @Test
  void decodes_names_and_values() {
    var form = Form.parse("a%5Fb=%C3%A9%20%2B+%3D%26&emoji=%F0%9F%92%BB");

    assertThat(form.require("a_b")).isEqualTo("é + =&");
    assertThat(form.require("emoji")).isEqualTo("💻");
  }

  @Test
  void accepts_escapes_in_either_case() {
    assertThat(Form.parse("a=%c3%a9%C3%A9").require("a")).isEqualTo("éé");
  }

  @Test
  void the_value_is_everything_after_the_first_equals_sign() {
    assertThat(Form.parse("a=b=c").require("a")).isEqualTo("b=c");
  }

  @Test
  void may_be_empty() {
    assertThat(Form.parse("").optional("a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=", "a", "a&b=1", "b=1&a=", "b=1&a"})
  void treats_a_parameter_without_a_value_as_omitted(String text) {
    var form = Form.parse(text);

    assertThat(form.optional("a")).isEmpty();
    assertThat(form.names()).contains("a");
    assertRefused(() -> form.require("a"), "the parameter a is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=1&a=2", "a=1&a=1", "a=1&b=2&a=", "a&a", "a=1&%61=2"})
  void refuses_a_repeated_parameter_whatever_its_values(String text) {
    assertRefused(() -> Form.parse(text), "a parameter is repeated");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a=%", "a=%4", "a=%4&b=1", "a=%zz", "a=%4g", "%=1", "a=%-1", "a=%+1", "a=%%34"})
  void refuses_an_incomplete_escape(String text) {
    assertRefused(() -> Form.parse(text), "the form is not valid URL encoding");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=é", "a=💻", "a=\n", "a=\0", "a=\u007F", "a=%１２"})
  void refuses_characters_that_should_have_been_escaped(String text) {
    assertRefused(() -> Form.parse(text), "the form is not valid URL encoding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%FF",
        "a=%C3",
        "a=%C0%AF",
        "a=%ED%A0%80",
        "a=%F4%90%80%80",
        "%FF=1",
        "a=%C3+%A9"
      })
  void refuses_invalid_utf_8(String text) {
    assertRefused(() -> Form.parse(text), "the form is not valid UTF-8");
  }

  private static void assertRefused(Runnable reading, String description) {
    assertThatExceptionOfType(MalformedRequest.class)
        .isThrownBy(reading::run)
        .extracting(MalformedRequest::error)
        .isEqualTo(OAuthError.invalidRequest(description));
  }
}
