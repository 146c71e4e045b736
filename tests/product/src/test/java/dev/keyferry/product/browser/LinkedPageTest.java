package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests of the page of linked devices: the list, unlinking one device, signing out everywhere.
class LinkedPageTest extends BrowserFixture {
  @Test
  void a_person_unlinks_one_device_and_then_signs_out_everywhere() {
    var kitchen = link("cli", Map.of("device_name", "kitchen <b>radio</b>"));
    var cellar = link("cli", Map.of("device_name", "cellar"));
    link("demo", Map.of());
    assertThat(api.whoami(kitchen).verdict()).isEqualTo("200");
    var waiting = api.codes();
    api.grant("rita", waiting.userCode());

    person.open(Shared.stack().url() + "/device/linked");
    assertThat(person.heading("Linked devices")).isVisible();
    person.screenshot("linked-sign-in");
    person.button("Sign in").click();
    person.signIn("rita");

    assertThat(person.page().locator("#linked-account")).hasText("Signed in as rita@example.com.");
    assertThat(person.page()).hasURL(Shared.stack().url() + "/device/linked");
    assertThat(devices()).hasCount(3);
    assertThat(devices().nth(0)).containsText("Demo tool");
    assertThat(devices().nth(1)).containsText("cellar");
    assertThat(devices().nth(1)).containsText("never");
    assertThat(devices().nth(2)).containsText("kitchen <b>radio</b>");
    assertThat(devices().nth(2)).containsText("127.0.0.1");
    person.screenshot("linked");

    person.button("Unlink cellar").click();
    assertThat(dialog()).containsText("Unlink cellar?");
    person.screenshot("unlink");
    person.page().keyboard().press("Escape");
    assertThat(dialog()).isHidden();
    assertThat(devices()).hasCount(3);
    assertThat(api.whoami(cellar).verdict()).isEqualTo("200");

    person.button("Unlink cellar").click();
    dialog().locator("#confirm-yes").click();
    assertThat(person.page().locator("#status"))
        .hasText("cellar is unlinked. It no longer has access.");
    assertThat(devices()).hasCount(2);
    assertThat(api.whoami(cellar).status()).isEqualTo(403);
    assertThat(api.whoami(kitchen).verdict()).isEqualTo("200");
    person.screenshot("unlinked");

    person.button("Sign out everywhere").click();
    assertThat(dialog()).containsText("Sign out everywhere?");
    dialog().locator("#confirm-yes").click();
    assertThat(person.page().locator("#status"))
        .hasText(
            "All devices are signed out. Codes that were approved but not yet used are no longer"
                + " valid.");
    assertThat(person.page().locator("#linked-none")).isVisible();
    assertThat(person.button("Sign out everywhere")).isHidden();
    person.screenshot("signed-out");
    assertThat(api.whoami(kitchen).status()).isEqualTo(403);
    assertThat(poll(waiting.deviceCode())).isEqualTo("400 access_denied");
  }

  @Test
  void a_finished_approval_links_to_the_page_and_back_without_another_sign_in() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("sybil", asked);
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");

    person.page().locator("#done a.linked").click();
    assertThat(devices()).hasCount(1);
    person.page().goBack();
    assertThat(person.heading("Approved")).isVisible();
    person.page().goForward();
    assertThat(devices()).hasCount(1);
    person.page().locator("#to-enter").click();
    assertThat(person.heading("Enter the code")).isVisible();
    assertThat(person.code()).hasValue("");
  }

  /// The key of a device that rita links one second after the previous one.
  private String link(String clientId, Map<String, String> more) {
    var client = Map.of("client_id", clientId);
    var parameters = new HashMap<>(client);
    parameters.putAll(more);
    var asked = api.authorize(parameters);
    api.grant("rita", asked.text("user_code"));
    Shared.CLOCK.advance(Duration.ofSeconds(1));
    return api.poll(asked.text("device_code"), client, Map.of()).text("access_token");
  }

  private Locator devices() {
    return person.page().locator("#devices > li");
  }

  private Locator dialog() {
    return person.page().locator("dialog");
  }
}
