package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests of the page by keyboard alone: the focus moves in order, is visible, and never gets stuck.
class KeyboardTest extends BrowserFixture {
  private static final int LONGEST_WAY = 20;

  /// The id of the focused element; empty if nothing has the focus.
  private static final String FOCUSED =
      """
      () => {
        const focused = document.activeElement;
        if (focused === document.body || focused === null) return '';
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        const { top, bottom, left, right } = focused.getBoundingClientRect();
        const covering = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const isSeen = focused.matches(':focus-visible') && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
        const isFree = focused.contains(covering);
        return `${focused.id || focused.className || focused.tagName}${isSeen ? '' : ' unseen'}${isFree ? '' : ' covered'}`;
      }\
      """;

  @Test
  void a_whole_login_and_the_linked_devices_page_need_no_mouse() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    person.open(asked.text("verification_uri"));
    assertThat(person.code()).isFocused();
    type(asked.text("user_code").replace("-", ""));
    press("Enter");
    assertThat(person.page().locator("#username")).isFocused();
    type("kim");
    press("Enter");

    assertThat(title("consent")).isFocused();
    tabTo("approve");
    assertThat(person.page().locator("#ready")).hasText("You can decide now.");
    press("Space");

    assertThat(title("done")).isFocused();
    assertThat(title("done")).hasText("Approved");
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
    tabTo("linked");
    press("Enter");
    assertThat(title("linked")).isFocused();
    tabTo("BUTTON");
    press("Enter");
    // A second Enter takes nothing away.
    assertThat(person.page().locator("#confirm-no")).isFocused();
    press("Shift+Tab");
    assertThat(focused()).isEqualTo("confirm-yes");
    press("Escape");
    assertThat(person.page().locator("main[aria-busy=false]")).isVisible();
    assertThat(focused()).isEqualTo("BUTTON");
    press("Space");
    assertThat(person.page().locator("#confirm-no")).isFocused();
    press("Shift+Tab");
    press("Space");
    assertThat(person.page().locator("#linked-none")).isVisible();
    assertThat(title("linked")).isFocused();
    tabTo("to-enter");
    press("Enter");
    assertThat(person.code()).isFocused();
  }

  @Test
  void deny_report_and_switch_account_are_reachable_and_none_traps_the_focus() {
    var asked = api.authorize(Map.of("client_id", "cli", "device_name", "laptop"));
    claim("lee", asked);
    var stops =
        List.of(
            "not-you", "lifetime", "name", "approve", "deny", "report", "to-linked", "language");

    assertThat(walk("Tab")).isEqualTo(stops);
    assertThat(walk("Shift+Tab")).isEqualTo(stops.reversed());

    // The focus left the page, which has been in front again for less than a second.
    tabTo("report");
    assertThat(person.button("Approve")).isEnabled();
    press("Enter");
    assertThat(title("done")).isFocused();
    assertThat(title("done")).hasText("Denied and reported");
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 access_denied");
  }

  @Test
  void on_the_smallest_phone_a_message_never_covers_the_focused_element() {
    person.page().setViewportSize(320, 400);
    var asked = api.authorize(Map.of("client_id", "cli", "device_name", "laptop"));
    claim("max", asked);
    person.context().setOffline(true);
    tabTo("approve");
    press("Space");
    assertThat(person.alert()).not().isEmpty();
    person.context().setOffline(false);

    assertThat(walk("Tab")).contains("deny").noneMatch(stop -> stop.contains(" "));
    assertThat(walk("Shift+Tab")).contains("approve").noneMatch(stop -> stop.contains(" "));
  }

  /// Moves the focus through the whole document, in either direction, and out of it.
  private List<String> walk(String key) {
    person.page().evaluate("document.activeElement.blur()");
    person.page().evaluate("getSelection().removeAllRanges()");
    var stops = new ArrayList<String>();
    for (int i = 0; i < LONGEST_WAY; i++) {
      press(key);
      var stop = focused();
      if (stop.isEmpty() || stops.contains(stop)) {
        break;
      }
      stops.add(stop);
    }
    return stops;
  }

  private void tabTo(String stop) {
    for (int i = 0; i < LONGEST_WAY; i++) {
      press("Tab");
      if (focused().equals(stop)) {
        return;
      }
      assertThat(focused()).doesNotContain(" ");
    }
    throw new AssertionError("the focus never reaches " + stop);
  }

  private String focused() {
    return String.valueOf(person.page().evaluate(FOCUSED));
  }

  private Locator title(String section) {
    return person.page().locator("#" + section + " h1");
  }

  private void type(String text) {
    person.page().keyboard().type(text);
  }

  private void press(String key) {
    person.page().keyboard().press(key);
  }
}
