package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.Shared;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the field into which a person types or pastes a user code, RFC 8628 §6.1.
class CodeFieldTest extends BrowserFixture {
  @BeforeEach
  void open() {
    person.open(Shared.stack().url() + "/device");
    assertThat(person.code()).isFocused();
  }

  @Test
  void groups_while_typing_and_keeps_the_caret() {
    type("wdjb");
    assertThat(person.code()).hasValue("WDJB");
    type("m jht");
    assertThat(person.code()).hasValue("WDJB-MJHT");

    person.code().evaluate("field => field.setSelectionRange(2, 2)");
    press("Backspace");
    assertThat(person.code()).hasValue("WJBM-JHT");
    assertThat(caret()).isEqualTo(1);
    type("d");
    assertThat(person.code()).hasValue("WDJB-MJHT");
    assertThat(caret()).isEqualTo(2);
    press("End");
    for (int i = 0; i < 4; i++) {
      press("Backspace");
    }
    assertThat(person.code()).hasValue("WDJB");
    assertThat(person.alert()).isEmpty();
  }

  @Test
  void refuses_an_invalid_character_at_once_and_names_it() {
    type("WD\u20AC");
    assertThat(person.code()).hasValue("WD");
    assertThat(person.alert())
        .hasText("A code cannot contain “€”. Codes use letters and digits, but not I, O, 0, or 1.");
    assertThat(person.code()).hasAttribute("aria-invalid", "true");
    type("J");
    assertThat(person.alert()).isEmpty();
    assertThat(person.code()).not().hasAttribute("aria-invalid", "true");
    type("BMJHTX");
    assertThat(person.code()).hasValue("WDJB-MJHT");
    assertThat(person.alert())
        .hasText("A code has 8 characters. The extra characters were removed.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wdjb mjht",
        "  WDJB–MJHT\n",
        "ＷＤＪＢ－ＭＪＨＴ",
        "W D J B M J H T",
        "Open the page, then enter the code: WDJB-MJHT.",
        "https://keys.example/device?user_code=WDJB-MJHT",
        "WDJB\u200B-MJHT",
        "WDJB\u2212MJHT",
        "Keyferry code: WDJB-MJHT",
        "Enter it here WDJB MJHT",
        "Your code is WDJBMJHT",
        "WDJB-MJHT, then come back here soon",
      })
  void takes_a_code_however_it_is_pasted(String text) {
    paste(text);

    assertThat(person.code()).hasValue("WDJB-MJHT");
    assertThat(person.alert()).isEmpty();
  }

  /// Pastes as a browser does: it sends the event and, unless the page handles it, inserts the
  /// text.
  private void paste(String text) {
    person
        .code()
        .evaluate(
            """
            (field, text) => {
              const clipboardData = new DataTransfer();
              clipboardData.setData('text', text);
              const paste = new ClipboardEvent('paste', { clipboardData, cancelable: true });
              if (field.dispatchEvent(paste)) document.execCommand('insertText', false, text);
            }\
            """,
            text);
  }

  private void type(String text) {
    person.page().keyboard().type(text);
  }

  private void press(String key) {
    person.page().keyboard().press(key);
  }

  private Object caret() {
    return person.code().evaluate("field => field.selectionStart");
  }
}
