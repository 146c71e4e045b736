package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests of the consent screen: what a person agrees to, and how the page protects them from haste
/// and tricks.
class ConsentTest extends BrowserFixture {

  @Test
  void a_person_shortens_the_keys_life_and_gives_the_device_a_name() {
    var asked = api.authorize(Map.of("client_id", "cli", "expires_in", "604800"));

    claim("heidi", asked);
    assertThat(person.page().locator("#lifetime option"))
        .hasText(new String[] {"7 days", "1 day", "8 hours", "1 hour", "10 minutes"});
    person.page().locator("#lifetime").selectOption("3600");
    person.page().locator("#name").fill("heidi’s \u202Elaptop");
    person.button("Approve").click();

    assertThat(person.heading("Approved")).isVisible();
    var issued = api.poll(asked.text("device_code"));
    assertThat(issued.json().get("expires_in").asLong()).isEqualTo(3600);
    assertThat(api.keys("heidi").json().at("/keys/0/name").asText()).isEqualTo("heidi’s laptop");
  }

  @Test
  void the_buttons_are_inactive_for_a_second_so_a_double_click_on_continue_decides_nothing() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("ivan", asked);
    var deviceCode = asked.text("device_code");
    // Leaving and returning without another sign-in renders the screen again.
    person.page().locator("#to-linked").click();
    assertThat(person.heading("Linked devices")).isVisible();
    person.page().clock().install();
    person.page().goBack();

    assertThat(person.page().locator("#approve")).hasAttribute("aria-disabled", "true");
    assertThat(person.page().locator("#ready")).hasText("The buttons become active in a second.");
    for (var button : List.of("#approve", "#deny", "#report")) {
      person.page().locator(button).dispatchEvent("click");
    }
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");

    person.page().clock().runFor(1_000);
    assertThat(person.page().locator("#ready")).hasText("You can decide now.");
    person.page().locator("#approve").dblclick();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(deviceCode)).isEqualTo("200");
  }

  /// A window in front can take the first click of a double click and then disappear.
  @Test
  void no_decision_is_possible_until_the_page_has_been_in_front_for_a_second() {
    claim("igor", api.authorize(Map.of("client_id", "cli")));
    var page = person.page();

    page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))");
    for (var button : List.of("#approve", "#deny", "#report")) {
      assertThat(page.locator(button)).hasAttribute("aria-disabled", "true");
    }
    page.clock().install();
    page.clock().runFor(5_000);
    assertThat(page.locator("#approve")).hasAttribute("aria-disabled", "true");
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))");
    assertThat(page.locator("#approve")).hasAttribute("aria-disabled", "true");
    page.clock().runFor(1_000);
    assertThat(person.button("Approve")).isEnabled();
  }

  @Test
  void a_person_in_the_wrong_account_signs_in_to_another() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("judy", asked);

    person.button("Not you?").click();
    assertThat(person.heading("Sign in")).isVisible();
    assertThat(person.page().url()).contains("prompt=login").doesNotContain("user_code");
    assertThat(person.page().url()).doesNotContain(asked.text("user_code").substring(5));
    person.signIn("kate");

    assertThat(person.page().locator("#account")).hasText("kate@example.com");
    assertThat(person.button("Approve")).isEnabled();
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    var holder = api.whoami(api.poll(asked.text("device_code")).text("access_token"));
    assertThat(holder.text("sub")).isEqualTo("kate");
  }

  @Test
  void a_person_who_was_sent_the_code_denies_and_reports_it() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var sent = bodies("deny");
    claim("laura", asked);

    person.button("Someone sent me this code").click();

    assertThat(person.heading("Denied and reported")).isVisible();
    person.screenshot("reported");
    assertThat(sent)
        .singleElement()
        .satisfies(body -> assertThat(body).contains("\"report\":true"));
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 access_denied");
  }

  @Test
  void without_numbers_a_request_from_another_network_requires_a_typed_acknowledgement() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var sent = bodies("approve");
    ChangedResponses.amend(
        person.page(),
        "/oauth/device/claim",
        body -> body.put("confirmation", "acknowledgement").put("same_network", false));
    claim("nina", asked);
    person.button("Approve").click();

    acknowledge(asked);
    assertThat(sent)
        .singleElement()
        .satisfies(body -> assertThat(body).contains("\"acknowledged\":true"));
  }

  @Test
  void an_acknowledgement_that_only_approve_requires_is_requested_too() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("olga", asked);
    person
        .page()
        .route(
            "**/oauth/device/approve",
            route -> {
              if (route.request().postData().contains("acknowledged")) {
                route.fallback();
              } else {
                route.fulfill(
                    new Route.FulfillOptions()
                        .setStatus(400)
                        .setBody("{\"error\":\"acknowledgement_required\"}"));
              }
            });
    person.button("Approve").click();

    acknowledge(asked);
    assertThat(person.refusals()).containsExactly("400 /oauth/device/approve");
  }

  private void acknowledge(Reply asked) {
    assertThat(person.heading("Did you start this yourself?")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 authorization_pending");
    person.button("Approve").click();
    assertThat(person.alert())
        .hasText("The text does not match. Type “I started this”, or deny the request.");
    person.screenshot("acknowledge");
    person.page().locator("#acknowledgement").fill(" i  started THIS. ");
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @Test
  void scopes_are_shown_in_the_operators_words_in_the_pages_language() {
    var asked = api.authorize(Map.of("client_id", "cli", "scope", "read offline_access"));
    ChangedResponses.amend(
        person.page(),
        "/oauth/device/claim",
        body -> {
          var scopes = body.putArray("scopes");
          var read = scopes.addObject().put("scope", "read").putObject("description");
          read.put("en", "Look at <b>everything</b>").put("de", "Alles ansehen");
          scopes.addObject().put("scope", "offline_access");
        });
    claim("peggy", asked);

    var scopes = person.page().locator("#scopes li");
    assertThat(scopes)
        .hasText(new String[] {"Look at <b>everything</b>", "stay linked until you unlink it"});
    person.speak("de");
    assertThat(scopes)
        .hasText(new String[] {"Alles ansehen", "verbunden bleiben, bis Sie es trennen"});
    person.speak("ja");
    assertThat(scopes.first()).hasText("Look at <b>everything</b>");
  }

  @Test
  void a_code_that_was_decided_or_expired_meanwhile_shows_a_message_and_decides_nothing() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("quinn", asked);
    Shared.CLOCK.advance(Duration.ofMinutes(10));

    person.button("Approve").click();

    assertThat(person.alert())
        .hasText(
            "This request has ended. Its code has expired, or someone has already approved or"
                + " denied it. Start again on your device.");
    assertThat(person.heading("Enter the code")).isVisible();
    assertThat(person.refusals()).containsExactly("404 /oauth/device/approve");
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 expired_token");
  }

  /// The bodies that the page sends to this step.
  private List<String> bodies(String step) {
    var bodies = new ArrayList<String>();
    person
        .page()
        .onRequest(request -> {
          if (request.url().endsWith("/oauth/device/" + step)) {
            bodies.add(request.postData());
          }
        });
    return bodies;
  }
}
