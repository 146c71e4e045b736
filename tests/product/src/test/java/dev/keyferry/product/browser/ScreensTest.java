package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.keyferry.local.Api;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import dev.keyferry.web.Form;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of every screen in light and dark mode, on the smallest phone, at 200 % zoom, and from
/// right to left. The pictures are in `target/screens`.
class ScreensTest extends BrowserFixture {
  /// A way to display a screen. Zooming in halves the number of pixels that a page has.
  private enum Look {
    LIGHT(ColorScheme.LIGHT, 1280, 900),
    DARK(ColorScheme.DARK, 1280, 900),
    PHONE(ColorScheme.LIGHT, 320, 640),
    ZOOMED(ColorScheme.DARK, 640, 450),
    ARABIC(ColorScheme.LIGHT, 1280, 900),
    ARABIC_PHONE(ColorScheme.DARK, 320, 640);

    final ColorScheme scheme;
    final int width;
    final int height;

    Look(ColorScheme scheme, int width, int height) {
      this.scheme = scheme;
      this.width = width;
      this.height = height;
    }
  }

  /// Elements that overflow the screen or are cut off by their container, and words of ours that
  /// are broken in two. A field may scroll.
  private static final String MISFITS =
      """
      () => {
        const isOutside = each => {
          const { left, right } = each.getBoundingClientRect();
          const isClipping = each.clientWidth > 0 && getComputedStyle(each).overflowX !== 'visible';
          return left < -0.5 || right > innerWidth + 0.5
            || (isClipping && each.scrollWidth > each.clientWidth + 1);
        };
        const isBroken = each => {
          if (document.documentElement.lang === 'ja') return false; // its lines break anywhere
          const [text] = each.childNodes;
          if (!each.matches('button, dt, label, a') || text?.nodeType !== Node.TEXT_NODE) return false;
          return [...text.data.matchAll(/\\p{L}+/gu)].some(({ 0: word, index }) => {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
          });
        };
        return [...document.querySelectorAll('body, body *')]
          .filter(each => each.checkVisibility() && !each.closest('.unseen') && !each.matches('input, option'))
          .filter(each => isOutside(each) || isBroken(each))
          .map(each => `does not fit: ${each.tagName} ${each.id} ${each.textContent.slice(0, 40)}`);
      }\
      """;

  private static final Map<String, String> MUCH =
      Map.of(
          "client_id", "cli",
          "scope", "read write offline_access",
          "device_name", "the-build-server-in-the-cellar-of-the-house-at-the-end-of-street",
          "expires_in", "31536000");

  private final List<String> faults = new ArrayList<>();
  private List<Look> looks = List.of();
  private String locale = "";
  private String user = "";

  @Test
  void every_screen_is_accessible_and_fits_from_left_to_right() {
    tour("en-GB", Look.LIGHT, Look.DARK, Look.PHONE, Look.ZOOMED);
  }

  @Test
  void every_screen_is_accessible_and_fits_from_right_to_left() {
    tour("ar-EG", Look.ARABIC, Look.ARABIC_PHONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-AT", "es-MX", "ja-JP"})
  void every_screen_is_accessible_and_fits_on_the_smallest_phone_in_long_words(String locale) {
    tour(locale, Look.PHONE);
  }

  private void tour(String locale, Look... seenAs) {
    person.close();
    person = new Person(browser, locale);
    Axe.install(person.context());
    looks = List.of(seenAs);
    this.locale = locale;
    user = "tourist-" + locale;
    seeRequestFromElsewhereDenied();
    seeLinkedDevicesEmpty();
    seeApproved();
    seeNumberAndReport();
    seeLinkedDevices();
    seeLoginOfAProgram();
    assertThat(faults).isEmpty();
  }

  private void seeRequestFromElsewhereDenied() {
    var codes = Shared.environments(new Wire()).codes(MUCH);
    page().navigate(Shared.stack().url() + "/device");
    see("enter");
    press("#continue");
    assertThat(person.alert()).not().isEmpty();
    look("enter-problem");
    page().navigate(Shared.stack().url() + "/device?user_code=" + codes.userCode());
    see("enter", "enter-compare");
    press("#continue");
    seeWait();
    see("consent", "consent-elsewhere");
    press("#approve");
    see("acknowledge");
    press("#acknowledge-form [type=submit]");
    assertThat(person.alert()).not().isEmpty();
    look("acknowledge-problem");
    press("#acknowledge-deny");
    see("done", "denied");
  }

  private void seeWait() {
    var held = new ArrayDeque<Route>();
    page().route("**/token", held::add);
    page().locator("#username").waitFor();
    look("sign-in-at-issuer");
    person.signIn(user);
    page().waitForCondition(() -> !held.isEmpty());
    page()
        .locator("#wait")
        .evaluate(
            "wait => Promise.all(wait.getAnimations({ subtree: true })"
                + ".map(each => (each.finish(), each.finished)))");
    see("wait");
    held.remove().resume();
    page().unroute("**/token");
    page().locator("#approve:not([aria-disabled])").waitFor();
  }

  private void seeLinkedDevicesEmpty() {
    press("#done a.linked");
    assertThat(page().locator("#linked-none")).isVisible();
    see("linked", "linked-none");
  }

  private void seeApproved() {
    var codes = api.codes(MUCH);
    claimAnother(codes.userCode());
    see("consent");
    page().locator("#name").fill("لابتوب my laptop");
    press("#approve");
    see("done", "approved");
    assertThat(poll(codes.deviceCode())).isEqualTo("200");
  }

  private void seeNumberAndReport() {
    press("#done a.linked");
    claimAnother(api.authorize(Api.CAREFUL).text("user_code"));
    press("#approve");
    see("confirm-number", "number");
    press("#number-report");
    see("done", "reported");
  }

  private void seeLinkedDevices() {
    linkMore();
    press("#done a.linked");
    assertThat(page().locator("#devices > li")).hasCount(3);
    see("linked");
    press("#devices > li:first-child button");
    see("confirm", "unlink");
    press("#confirm-yes");
    assertThat(page().locator("#status")).not().isEmpty();
    see("linked", "unlinked");
    press("#sign-out");
    see("confirm", "sign-out");
    press("#confirm-yes");
    assertThat(page().locator("#linked-none")).isVisible();
    see("linked", "signed-out");
    page().reload();
    see("sign-in");
  }

  /// The program returns an empty response, so the page stays.
  private void seeLoginOfAProgram() {
    page()
        .route("**/callback?*", route -> route.fulfill(new Route.FulfillOptions().setStatus(204)));
    var asked = new LinkedHashMap<>(Api.browserLogin());
    page().navigate(Shared.stack().url() + "/oauth/authorize?" + Form.write(asked));
    page().locator("#username").waitFor();
    var state = page().url().replaceFirst(".*[?&]state=([^&]+).*", "$1");
    page().navigate(Shared.stack().url() + "/device?error=access_denied&state=" + state);
    see("login", "browser-sign-in");
    press("#login-form [type=submit]");
    person.signIn(user);
    page().locator("#approve:not([aria-disabled])").waitFor();
    see("consent", "browser-consent");
    press("#deny");
    see("returning", "browser-returning");
  }

  private void linkMore() {
    for (var clientId : List.of("demo", "cli")) {
      var client = Map.of("client_id", clientId);
      var asked = new HashMap<>(clientId.equals("cli") ? MUCH : client);
      var codes = api.codes(asked);
      api.grant(user, codes.userCode());
      var reply = api.poll(codes.deviceCode(), client, Map.of());
      assertThat(reply.verdict()).isEqualTo("200");
    }
  }

  private void claimAnother(String userCode) {
    press("#to-enter");
    page().locator("#user-code").fill(userCode);
    press("#continue");
    page().locator("#approve:not([aria-disabled])").waitFor();
  }

  private void see(String section) {
    see(section, section);
  }

  /// Waits until this section is on the screen, and checks it.
  private void see(String section, String name) {
    page().locator("#" + section).waitFor();
    look(name);
  }

  private void look(String name) {
    for (var look : looks) {
      page().setViewportSize(look.width, look.height);
      page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(look.scheme));
      var picture =
          name
              + (locale.matches("(en|ar).*") ? "" : "-" + locale)
              + "-"
              + look.name().toLowerCase(Locale.ROOT).replace('_', '-');
      Axe.violations(page()).forEach(fault -> faults.add(picture + ": " + fault));
      ((List<?>) page().evaluate(MISFITS)).forEach(fault -> faults.add(picture + ": " + fault));
      person.shoot(picture);
    }
  }

  private void press(String selector) {
    page().locator(selector).click();
  }

  private Page page() {
    return person.page();
  }
}
