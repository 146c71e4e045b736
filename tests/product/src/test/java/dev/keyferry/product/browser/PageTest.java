package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import dev.keyferry.product.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests of the page as a whole: its languages, its weight, its address, and its error messages.
public class PageTest extends BrowserFixture {
  /// The requests to the page's function in a person's first login: the page, before and after the
  /// sign-in, and each of its files once.
  public static final int LOADS = 18;

  private static final int ALL_IT_MAY_WEIGH = 60_000;

  @ParameterizedTest
  @CsvSource({
    "de-AT,ltr,Zeigt Ihr Gerät diesen Code?,Darf Keyferry CLI",
    "es-MX,ltr,¿Muestra su dispositivo este código?,¿Permitir que Keyferry CLI",
    "ja-JP,ltr,デバイスに同じコードが表示されていますか？,Keyferry CLI にアカウント",
    "ar-EG,rtl,هل يعرض جهازك هذا الرمز؟,هل تسمح لـ"
  })
  void the_page_speaks_the_browsers_language_from_the_first_to_the_last_screen(
      String locale, String direction, String title, String question) {
    person.close();
    person = new Person(browser, locale);
    var asked = api.authorize(Map.of("client_id", "cli", "device_name", "laptop"));

    person.open(asked.text("verification_uri_complete"));
    assertThat(person.heading(title)).isVisible();
    assertThat(person.page().locator("html")).hasAttribute("dir", direction);
    person.shoot("enter-" + locale);
    person.page().locator("#continue").click();
    person.signIn("trent");

    assertThat(person.page().locator("#consent-title")).containsText(question);
    assertThat(person.page().locator("#approve")).isEnabled();
    person.shoot("consent-" + locale);
    person.page().locator("#approve").click();
    assertThat(person.page().locator("#done-title")).isVisible();
    person.shoot("approved-" + locale);
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @Test
  void a_chosen_language_survives_the_sign_in_and_switching_loses_nothing_on_the_screen() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    person.open(asked.text("verification_uri"));
    person.code().fill("WDJB-MJH");
    person.button("Continue").click();

    person.speak("de");

    assertThat(person.alert()).hasText("Ein Code hat 8 Zeichen; dieser hat 7.");
    assertThat(person.page().locator("#user-code")).hasValue("WDJB-MJH");
    assertThat(person.page()).hasTitle("Code eingeben · Keyferry");
    person.page().locator("#user-code").fill(asked.text("user_code"));
    person.button("Weiter").click();
    person.signIn("ursula");
    assertThat(person.heading("Darf Keyferry CLI auf Ihr Konto zugreifen?")).isVisible();
    assertThat(person.page().locator("#language")).hasValue("de");
    assertThat(person.button("Erlauben")).isEnabled();
  }

  @Test
  void a_code_from_a_link_must_be_compared_and_leaves_the_address_at_once() {
    var asked = api.authorize(Map.of("client_id", "cli"));

    person.open(asked.text("verification_uri_complete"));

    assertThat(person.page().locator("#hint"))
        .hasText("Continue only if your device shows this same code.");
    assertThat(person.page()).hasURL(Shared.stack().url() + "/device");
    assertThat(person.page().locator("#enter-title")).isFocused();
    person.page().goBack();
    person.page().goForward();
    assertThat(person.page()).hasURL(Shared.stack().url() + "/device");
    assertThat(poll(asked.text("device_code"))).isEqualTo("400 authorization_pending");
  }

  @Test
  void going_offline_shows_a_message_and_pressing_again_works_once_online() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    claim("victor", asked);

    person.context().setOffline(true);
    person.page().locator("#approve").click();
    assertThat(person.alert())
        .hasText(
            "Keyferry did not reply. Your answer may not have arrived. It is safe to try again.");
    person.shoot("offline");
    person.page().locator("#language").selectOption("ar");
    assertThat(person.alert())
        .hasText(
            "Could not reach Keyferry. Nothing was changed. Check your connection and"
                + " try again.");
    assertThat(person.page().locator("#language")).hasValue("en");
    person.context().setOffline(false);

    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();
    assertThat(poll(asked.text("device_code"))).isEqualTo("200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429|90|Too many attempts. Wait 2 minutes, then try again.",
        "503|3|Keyferry is temporarily unavailable. Nothing was changed. Try again in 3"
            + " seconds.",
        "500|''|Could not reach Keyferry. Nothing was changed. Check your connection and try"
            + " again.",
        "401|''|Your sign-in has expired. Sign in again to continue.",
        "403|''|This account may not approve devices. Sign in with an account that may.",
        "400|''|Keyferry did not accept this request. Nothing was changed. Enter the code again."
      })
  void a_refusal_shows_a_message_to_act_on(int status, String wait, String words) {
    var asked = api.authorize(Map.of("client_id", "cli"));
    ChangedResponses.refuse(
        person.page(), "/oauth/device/claim", status, Map.of("Retry-After", wait));

    person.open(asked.text("verification_uri_complete"));
    person.button("Continue").click();
    person.signIn("wendy");

    assertThat(person.alert()).hasText(words);
    assertThat(person.heading("Enter the code")).isVisible();
    assertThat(person.code()).hasValue(asked.text("user_code"));
    person.shoot("refused-" + status);
    assertThat(person.refusals()).containsExactly(status + " /oauth/device/claim");
    // The page accepts another attempt.
    person.page().unroute("**/oauth/device/claim");
    person.button("Continue").click();
    if (status == 401 || status == 403) {
      person.signIn("wendy");
    }
    assertThat(person.heading("Allow Keyferry CLI to use your account?")).isVisible();
  }

  @Test
  void a_whole_login_weighs_less_than_60_kilobytes_and_going_back_loads_nothing_twice() {
    var asked = api.authorize(Map.of("client_id", "cli"));
    var origin = Shared.stack().url().toString();
    // A context of its own, because Playwright turns the cache off when it intercepts requests.
    try (var context = browser.newContext(new Browser.NewContextOptions().setLocale("en"))) {
      var page = context.newPage();
      var requests = new ArrayList<Request>();
      page.onRequestFinished(requests::add);
      page.onRequest(Person::rememberSecrets);
      page.navigate(asked.text("verification_uri_complete"));
      button(page, "Continue").click();
      page.locator("#username").fill("xavier");
      button(page, "Sign in").click();
      assertThat(button(page, "Approve")).isEnabled();
      button(page, "Approve").click();
      assertThat(page.locator("#done-title")).hasText("Approved");

      var ours = requests.stream().filter(request -> request.url().startsWith(origin)).toList();
      var transferred =
          ours.stream()
              .map(Request::sizes)
              .mapToInt(sizes -> sizes.responseHeadersSize + sizes.responseBodySize)
              .sum();
      System.out.println("A whole login transfers " + transferred + " bytes");
      assertThat(transferred).isGreaterThan(20_000).isLessThan(ALL_IT_MAY_WEIGH);
      assertThat(ours)
          .filteredOn(request -> request.method().equals("GET"))
          .filteredOn(request -> request.sizes().responseBodySize > 0)
          .hasSize(LOADS);
      var library = ours.stream().filter(request -> request.url().endsWith("oauth4webapi.js"));
      assertThat(
              library
                  .mapToInt(request -> request.sizes().responseBodySize)
                  .filter(size -> size > 0))
          .hasSize(1);
    }
  }

  private static com.microsoft.playwright.Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  @Test
  void the_document_isolates_itself() {
    var reply = person.page().navigate(Shared.stack().url() + "/device/linked");

    for (var header :
        List.of(
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "strict-transport-security: max-age=63072000",
            "permissions-policy: camera=(), geolocation=(), microphone=(), payment=()")) {
      var parts = header.split(": ", 2);
      assertThat(reply.headerValue(parts[0])).isEqualTo(parts[1]);
    }
    assertThat(List.of(reply.headerValue("content-security-policy").split("; ")))
        .contains(
            "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'");
  }
}
