package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests of the verification page in a real browser while a device polls, RFC 8628 §3.3.
class BrowserTest extends BrowserFixture {
  @Test
  void a_person_sees_client_scopes_and_network_and_approves_and_the_polling_client_gets_its_key() {
    var asked =
        api.authorize(
            Map.of(
                "client_id", "cli",
                "scope", "read write",
                "device_name", "build server in the cellar",
                "expires_in", "5400"));
    var deviceCode = asked.text("device_code");

    person.open(asked.text("verification_uri_complete"));
    assertThat(person.heading("Is this the code on your device?")).isVisible();
    assertThat(person.code()).hasValue(asked.text("user_code"));
    person.screenshot("1-enter");
    person.button("Continue").click();

    assertThat(person.heading("Sign in")).isVisible();
    assertThat(person.page().url()).endsWith("&resource=https%3A%2F%2Fkeyferry.invalid");
    person.screenshot("2-sign-in");
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");
    person.signIn("alice");

    assertThat(person.heading("Allow Keyferry CLI to use your account?")).isVisible();
    assertThat(person.page().locator("#code")).hasText(asked.text("user_code"));
    assertThat(person.page().locator("dl > div"))
        .containsText(
            new String[] {
              "Account alice",
              "Device build server in the cellar the device chose this name; it is not verified",
              "It can",
              "Access lasts 1 hour 30 minutes",
              "Requested just now",
              "Requested from 127.0.0.1"
            });
    assertThat(person.page().locator("#scopes li"))
        .hasText(new String[] {"Read your data", "Change your data"});
    assertThat(person.page().locator("#network"))
        .hasText("This request came from the same network as this browser.");
    assertThat(person.button("Approve")).isEnabled();
    person.screenshot("3-consent");
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");
    person.button("Approve").click();

    assertThat(person.heading("Approved")).isVisible();
    person.screenshot("4-approved");
    var issued = api.poll(deviceCode);
    assertThat(issued.verdict()).isEqualTo("200");
    assertThat(issued.json().get("expires_in").asLong()).isEqualTo(5400);
    var holder = api.whoami(issued.text("access_token"));
    assertThat(holder.text("sub")).isEqualTo("alice");
    assertThat(holder.text("name")).isEqualTo("Alice");
    assertThat(holder.text("email")).isEqualTo("alice@example.com");
    assertThat(holder.text("organisation")).isEqualTo("example");
    assertThat(holder.text("scope")).isEqualTo("read write");
  }

  @Test
  void denying_issues_no_key_and_the_poll_gets_access_denied() {
    var asked = api.authorize(Map.of("client_id", "demo"));

    claim("bob", asked);
    person.button("Deny").click();

    assertThat(person.heading("Denied")).isVisible();
    assertThat(person.page().locator("#done-text")).hasText("Demo tool gets no access.");
    person.screenshot("5-denied");
    var reply = api.poll(asked.text("device_code"), Map.of("client_id", "demo"), Map.of());
    assertThat(reply.verdict()).isEqualTo("400 access_denied");
  }

  @Test
  void a_mistyped_code_shows_a_message_and_can_be_corrected() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var right = asked.text("user_code");

    person.open(asked.text("verification_uri"));
    assertThat(person.code()).isFocused();
    person.button("Continue").click();
    assertThat(person.alert()).hasText("Enter the code that your device shows.");
    person.code().fill("WDJB-MJH0");
    // The message appears at once, and the code stays in the field.
    assertThat(person.alert())
        .hasText("A code cannot contain “0”. Codes use letters and digits, but not I, O, 0, or 1.");
    assertThat(person.code()).hasValue("WDJB-MJH");
    person.screenshot("6-strange-character");
    person.button("Continue").click();
    assertThat(person.alert()).hasText("A code has 8 characters. This one has 7.");

    person.code().fill(another(right));
    person.button("Continue").click();
    person.signIn("carol");
    assertThat(person.alert())
        .hasText(
            "This code is no longer valid, or it was mistyped. "
                + "Check the code on your device, or start again there.");
    assertThat(person.refusals()).containsExactly("404 /oauth/device/claim");
    assertThat(person.code()).isFocused();
    assertThat(person.code()).hasAttribute("aria-invalid", "true");
    person.screenshot("7-unknown-code");

    // People type small letters, blanks, and no dash. The session is still valid.
    person.code().fill(" " + right.toLowerCase(Locale.ROOT).replace("-", " "));
    person.button("Continue").click();
    assertThat(person.heading("Allow Keyferry CLI to use your account?")).isVisible();
    assertThat(person.alert()).isEmpty();
    assertThat(person.page().locator("#code")).hasText(right);
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 authorization_pending");
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @Test
  void only_pressing_approve_decides_and_no_link_or_get_does() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var deviceCode = asked.text("device_code");
    var page = Shared.stack().url() + "/device";
    var query = "?user_code=" + asked.text("user_code") + "&approve=true&status=approved";

    person.open(asked.text("verification_uri_complete"));
    person.open(page + query + "#approve");
    person.page().reload();
    assertThat(person.heading("Enter the code")).isVisible();
    person.page().navigate(Shared.stack().url() + "/oauth/device/claim" + query);
    person.page().navigate(Shared.stack().url() + "/oauth/device/approve" + query);
    assertThat(person.refusals())
        .containsExactly("404 /oauth/device/claim", "404 /oauth/device/approve");
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");

    // A redirect back from a sign-in that somebody else started.
    person.open(page + "?code=stolen&state=forged");
    assertThat(person.alert())
        .hasText("This sign-in did not start here, or it has already ended. Enter the code again.");
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");

    claim("dave", asked);
    person.page().keyboard().press("Enter");
    person.page().keyboard().press("Space");
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");

    // A reload drops the sign-in and everything on the screen except the code.
    person.page().reload();
    assertThat(person.heading("Is this the code on your device?")).isVisible();
    assertThat(person.code()).hasValue(asked.text("user_code"));
    assertThat(person.page()).hasURL(page);
    assertThat(poll(deviceCode)).isEqualTo("400 authorization_pending");

    claim("dave", asked);
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(deviceCode)).isEqualTo("200");
  }

  @Test
  void a_hostile_device_name_is_shown_as_harmless_text() {
    var name = "<img src=//evil.example onerror=alert(1)>\u202Egnp.exe\u2066\u200B";
    var asked = api.authorize(Map.of("client_id", "cli", "device_name", name));

    claim("<b>mallory</b>", asked);

    var shown = person.page().locator("#device-name");
    assertThat(shown).hasText("<img src=//evil.example onerror=alert(1)>\uFFFDgnp.exe\uFFFD\uFFFD");
    assertThat(shown.locator("*")).hasCount(0);
    assertThat(person.page().locator("#account")).hasText("<b>mallory</b>@example.com");
    assertThat(person.page().locator("main img, main b, main script, main style")).hasCount(0);
    person.screenshot("8-hostile-name");
  }

  @Test
  void a_request_from_another_network_shows_a_warning() {
    var elsewhere = Shared.environments(new Wire());
    var codes = elsewhere.codes();

    person.open(Shared.stack().url() + "/device?user_code=" + codes.userCode());
    person.button("Continue").click();
    person.signIn("frank");

    assertThat(person.page().locator("#requested-from")).hasText("203.0.113.7");
    assertThat(person.page().locator("#network"))
        .hasText(
            "This request came from a different network than this browser’s. "
                + "If you did not start it yourself, deny it.");
    assertThat(person.page().locator("#device")).isHidden();
    assertThat(person.button("Deny")).isEnabled();
    person.screenshot("9-another-network");
  }

  @Test
  void the_page_runs_only_its_own_files_and_cannot_be_framed() {
    var reply = person.page().navigate(Shared.stack().url() + "/device");

    var policy = List.of(reply.headerValue("content-security-policy").split("; "));
    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
        .contains("base-uri 'none'", "frame-ancestors 'none'")
        .noneMatch(directive -> directive.contains("unsafe") || directive.contains("*"));
    assertThat(reply.headerValue("x-frame-options")).isEqualTo("DENY");
    assertThat(reply.headerValue("referrer-policy")).isEqualTo("no-referrer");
    assertThat(reply.headerValue("cache-control")).isEqualTo("no-store");
    var icon = person.page().locator("link[rel=icon]").getAttribute("href");
    assertThat(person.page().request().get(Shared.stack().url() + icon).headers())
        .containsEntry("content-type", "image/svg+xml");
    assertThat(person.page().locator("script:not([src]), style, [style], [onclick]")).hasCount(0);
  }

  @Test
  void signing_in_leaves_no_cookie_no_stored_token_and_no_code_in_the_address() {
    var asked = api.authorize(Map.of("client_id", "cli"));

    claim("grace", asked);

    assertThat(person.page().evaluate("localStorage.length")).isEqualTo(0);
    assertThat(person.page().evaluate("Object.keys(sessionStorage).join()"))
        .isEqualTo("keyferry:flow");
    // The page keeps the code for a reload, and drops it after the decision.
    assertThat(
            person
                .page()
                .evaluate("Object.keys(JSON.parse(sessionStorage['keyferry:flow'])).join()"))
        .isEqualTo("userCode,until");
    assertThat(person.page().evaluate("document.cookie")).isEqualTo("");
    assertThat(person.context().cookies()).isEmpty();
    assertThat(person.page().url()).isEqualTo(Shared.stack().url() + "/device");
    assertThat(person.page().evaluate("history.state")).isNull();
    person.button("Deny").click();
    assertThat(person.heading("Denied")).isVisible();
    assertThat(person.page().evaluate("sessionStorage.length")).isEqualTo(0);
  }
}
