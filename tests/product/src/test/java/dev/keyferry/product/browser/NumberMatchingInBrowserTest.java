package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Tests of number matching with the real page and the real handlers: a person enters the page's
/// number on the device.
class NumberMatchingInBrowserTest extends BrowserFixture {
  private static final Map<String, String> CAREFUL = Map.of("client_id", "careful");
  private static final String NOT_MINE = "This is not my device: deny and report";

  @Test
  void the_device_gets_its_key_with_the_number_that_the_page_shows() {
    var asked = api.authorize(Api.CAREFUL);
    var deviceCode = asked.text("device_code");
    claim("vera", asked);
    assertThat(person.page().locator("#number-follows"))
        .hasText("After you approve, this page shows a number to enter on the device.");
    person.button("Approve").click();

    var number = shownNumber();
    assertThat(api.poll(deviceCode, CAREFUL, Map.of()).verdict())
        .isEqualTo("400 confirmation_required");
    assertThat(api.enter(deviceCode, Api.beside(number, 1), CAREFUL).verdict())
        .isEqualTo("400 confirmation_required");
    var issued = api.enter(deviceCode, number, CAREFUL);

    assertThat(issued.verdict()).isEqualTo("200");
    assertThat(api.whoami(issued.text("access_token")).text("sub")).isEqualTo("vera");
  }

  @Test
  void an_approval_repeated_after_a_lost_response_shows_the_same_number() {
    var asked = api.authorize(Api.CAREFUL);
    claim("walt", asked);
    var first = new String[1];
    person
        .page()
        .route(
            "**/oauth/device/approve",
            route -> {
              first[0] = new Reply(200, Map.of(), route.fetch().text()).text("confirmation");
              route.abort("connectionreset");
            });
    person.button("Approve").click();
    assertThat(person.alert()).containsText("It is safe to try again");
    person.page().unroute("**/oauth/device/approve");

    person.button("Approve").click();

    assertThat(shownNumber()).isEqualTo(first[0]);
    assertThat(api.enter(asked.text("device_code"), first[0], CAREFUL).verdict()).isEqualTo("200");
  }

  @Test
  void three_wrong_numbers_deny_whatever_the_page_shows() {
    var asked = api.authorize(Api.CAREFUL);
    claim("xenia", asked);
    person.button("Approve").click();
    var number = shownNumber();

    for (int wrong = 1; wrong <= 3; wrong++) {
      api.enter(asked.text("device_code"), Api.beside(number, wrong), CAREFUL);
    }

    assertThat(api.enter(asked.text("device_code"), number, CAREFUL).verdict())
        .isEqualTo("400 access_denied");
  }

  @Test
  void a_request_from_another_network_requires_the_number_and_can_still_be_reported() {
    var elsewhere = Shared.environments(new Wire());
    var codes = elsewhere.codes(Map.of("client_id", "cli", "confirmation_supported", "true"));
    claimFromElsewhere("yara", codes);
    assertThat(person.page().locator("#network.warning")).isVisible();
    person.button("Approve").click();

    var number = shownNumber();
    person.button(NOT_MINE).click();

    assertThat(person.heading("Denied and reported")).isVisible();
    assertThat(elsewhere.enter(codes.deviceCode(), number, Map.of()).verdict())
        .isEqualTo("400 access_denied");
  }

  @Test
  void a_request_from_another_network_without_number_support_requires_typed_words() {
    var elsewhere = Shared.environments(new Wire());
    var codes = elsewhere.codes();
    claimFromElsewhere("zoe", codes);
    person.button("Approve").click();
    assertThat(person.heading("Did you start this yourself?")).isVisible();

    person.page().locator("#acknowledgement").fill("I started this");
    person.button("Approve").click();

    assertThat(person.heading("Approved")).isVisible();
    assertThat(elsewhere.poll(codes.deviceCode()).verdict()).isEqualTo("200");
  }

  @Test
  void a_double_click_on_approve_decides_nothing_on_the_next_screen() {
    var asked = api.authorize(Api.CAREFUL);
    person.page().setViewportSize(360, 740);
    claim("quinn", asked);
    person.button("Approve").scrollIntoViewIfNeeded();
    var approve = person.button("Approve").boundingBox();

    for (int offset : List.of(0, 20, 40)) {
      person.page().mouse().click(approve.x + approve.width / 2, approve.y + 5 + offset);
    }

    shownNumber();
    person.page().locator("#number-report").dispatchEvent("click");
    person.page().waitForCondition(() -> person.button(NOT_MINE).isEnabled());
    assertThat(person.heading("Enter this number on your device")).isVisible();
  }

  @Test
  void a_number_survives_a_reload_and_unavailable_actions_are_not_offered() {
    var asked = api.authorize(Api.CAREFUL);
    claim("rosa", asked);
    person.button("Approve").click();
    var number = shownNumber();

    person.page().reload();

    assertThat(shownNumber()).isEqualTo(number);
    assertThat(person.page().locator("#number-text")).containsText("Careful CLI");
    assertThat(person.button(NOT_MINE)).isHidden();
    person.page().navigate(Shared.stack().url() + "/device");
    assertThat(person.heading("Enter the code")).isVisible();
  }

  @Test
  void denying_after_the_device_has_its_key_shows_a_message_and_offers_to_unlink_it() {
    var asked = api.authorize(Api.CAREFUL);
    claim("sven", asked);
    person.button("Approve").click();
    var issued = api.enter(asked.text("device_code"), shownNumber(), CAREFUL);

    person.button(NOT_MINE).click();

    assertThat(person.alert()).containsText("the device already has access");
    assertThat(person.refusals()).containsExactly("404 /oauth/device/deny");
    person.page().locator("#devices button").click();
    person.page().locator("#confirm-yes").click();
    assertThat(person.page().locator("#linked-none")).isVisible();
    assertThat(api.whoami(issued.text("access_token")).status()).isEqualTo(403);
  }

  private void claimFromElsewhere(String user, Api.Codes codes) {
    person.open(Shared.stack().url() + "/device?user_code=" + codes.userCode());
    person.button("Continue").click();
    person.signIn(user);
    assertThat(person.button("Approve")).isEnabled();
  }

  private String shownNumber() {
    assertThat(person.heading("Enter this number on your device")).isVisible();
    assertThat(person.page().locator("#number")).hasText(Pattern.compile("[1-9][0-9]"));
    return person.page().locator("#number").textContent();
  }
}
