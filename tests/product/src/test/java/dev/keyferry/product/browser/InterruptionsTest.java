package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.Shared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests of what interrupts a decision: another account, expiry, a lost connection, haste.
class InterruptionsTest extends BrowserFixture {
  private static final String CODE_UNKNOWN =
      "This code is no longer valid, or it was mistyped. "
          + "Check the code on your device, or start again there.";
  private static final String REQUEST_OVER =
      "This request has ended. Its code has expired, or someone has already approved or denied it. "
          + "Start again on your device.";
  private static final String ANSWER_LOST =
      "Keyferry did not reply. Your answer may not have arrived. It is safe to try again.";

  @Test
  void of_two_accounts_with_one_code_the_last_decides_and_the_first_sees_a_message() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("first", asked);
    var first = person;
    try (var second = new Person(browser)) {
      person = second;
      claim("second", asked);

      first.button("Approve").click();
      assertThat(first.alert()).hasText(REQUEST_OVER);
      assertThat(first.refusals()).containsExactly("404 /oauth/device/approve");
      assertThat(poll(asked.text("device_code"))).isEqualTo("400 authorization_pending");

      second.button("Approve").click();
      assertThat(second.heading("Approved")).isVisible();
    } finally {
      person = first;
    }
    Shared.CLOCK.advance(Duration.ofSeconds(5));
    var issued = api.poll(asked.text("device_code"));
    assertThat(api.whoami(issued.text("access_token")).text("sub")).isEqualTo("second");
  }

  @Test
  void a_used_and_an_expired_code_show_the_same_message() {
    var used = api.codes();
    api.grant("somebody", used.userCode());
    var expired = api.codes();
    claim("mara", api.authorize(Map.of("client_id", "cli")));
    person.button("Deny").click();
    assertThat(person.heading("Denied")).isVisible();

    enter(used.userCode());
    assertThat(person.alert()).hasText(CODE_UNKNOWN);
    Shared.CLOCK.advance(Duration.ofMinutes(10));
    person.code().fill(expired.userCode());
    person.button("Continue").click();

    person.page().waitForCondition(this::isIdle);
    assertThat(person.alert()).hasText(CODE_UNKNOWN);
    assertThat(person.heading("Enter the code")).isVisible();
    assertThat(person.refusals())
        .containsExactly("404 /oauth/device/claim", "404 /oauth/device/claim");
  }

  @Test
  void a_lost_connection_while_sending_the_code_shows_a_message_and_pressing_again_works() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("nele", api.authorize(Map.of("client_id", "cli")));
    person.button("Deny").click();
    assertThat(person.heading("Denied")).isVisible();
    person.page().locator("#done a.linked").click();
    person.page().locator("#to-enter").click();
    person.context().setOffline(true);
    person.code().fill(asked.text("user_code"));
    person.button("Continue").click();
    assertThat(person.alert())
        .hasText(
            "Could not reach Keyferry. Nothing was changed. Check your connection and try"
                + " again.");
    assertThat(person.code()).hasValue(asked.text("user_code"));

    person.context().setOffline(false);
    person.button("Continue").click();
    assertThat(person.heading("Allow Keyferry CLI to use your account?")).isVisible();
    assertThat(person.alert()).isEmpty();
  }

  @Test
  void an_outage_while_approving_decides_nothing_and_pressing_again_works() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("otto", asked);
    ChangedResponses.refuse(
        person.page(), "/oauth/device/approve", 503, Map.of("Retry-After", "2"));

    person.button("Approve").click();

    assertThat(person.alert()).hasText(ANSWER_LOST);
    assertThat(person.refusals()).containsExactly("503 /oauth/device/approve");
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 authorization_pending");
    person.page().unroute("**/oauth/device/approve");
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @Test
  void a_lost_approve_response_is_repeated_and_one_key_is_issued() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("paula", asked);
    person
        .page()
        .route(
            "**/oauth/device/approve",
            route -> {
              route.fetch();
              route.abort("connectionreset");
            });
    person.button("Approve").click();
    assertThat(person.alert()).hasText(ANSWER_LOST);
    person.page().unroute("**/oauth/device/approve");

    person.button("Approve").click();

    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
    assertThat(api.keys("paula").json().get("keys")).hasSize(1);
  }

  @Test
  void a_session_that_ends_before_approve_requires_another_sign_in_and_keeps_the_code() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("rosa", asked);
    ChangedResponses.refuse(person.page(), "/oauth/device/approve", 401, Map.of());

    person.button("Approve").click();

    assertThat(person.alert()).hasText("Your sign-in has expired. Sign in again to continue.");
    assertThat(person.refusals()).containsExactly("401 /oauth/device/approve");
    assertThat(person.code()).hasValue(asked.text("user_code"));
    person.page().unroute("**/oauth/device/approve");
    person.button("Continue").click();
    person.signIn("rosa");
    assertThat(person.button("Approve")).isEnabled();
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @Test
  void a_double_click_approves_once_and_back_and_reload_approve_nothing_more() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var approvals = new ArrayList<String>();
    claim("sina", asked);
    person
        .context()
        .onRequest(request -> {
          if (request.url().endsWith("/oauth/device/approve")) {
            approvals.add(request.method());
          }
        });

    person.button("Approve").dblclick();
    assertThat(person.heading("Approved")).isVisible();
    person.page().goBack();
    person.page().goForward();
    assertThat(person.page().locator("main[aria-busy=false]")).isVisible();
    person.page().reload();
    assertThat(person.heading("Enter the code")).isVisible();
    assertThat(person.code()).hasValue("");

    assertThat(approvals).containsExactly("POST");
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 invalid_grant");
    assertThat(api.keys("sina").json().get("keys")).hasSize(1);
  }

  @Test
  void a_second_sign_in_after_going_back_keeps_the_code() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("theo", asked);

    person.page().goBack();
    person.signIn("theo");

    assertThat(person.alert())
        .hasText("This sign-in did not start here, or it has already ended. Enter the code again.");
    assertThat(person.code()).hasValue(asked.text("user_code"));
  }

  @Test
  void viewing_the_linked_devices_changes_no_choice() {
    claim("ugo", api.authorize(Map.of("client_id", "cli")));
    person.page().locator("#lifetime").selectOption("600");
    person.page().locator("#name").fill("kitchen");

    person.page().locator("#to-linked").click();
    person.page().locator("#to-enter").click();

    assertThat(person.page().locator("#lifetime")).hasValue("600");
    assertThat(person.page().locator("#name")).hasValue("kitchen");
    assertThat(person.button("Approve")).isEnabled();
  }

  /// Continues with another code under the same sign-in.
  private void enter(String userCode) {
    person.page().locator("#done a.linked").click();
    person.page().locator("#to-enter").click();
    person.code().fill(userCode);
    person.button("Continue").click();
  }

  private boolean isIdle() {
    return "false".equals(person.page().locator("main").getAttribute("aria-busy"));
  }
}
