package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests two hundred hostile texts wherever a text that somebody else chose reaches the page. The
/// page shows each one in a harmless form. None becomes an element, runs, or tries to.
class HostileTextTest extends BrowserFixture {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long TOMORROW = 86_400;
  private static final List<String> HARMLESS =
      HostileTexts.TEXTS.stream().map(HostileTexts::harmless).toList();

  private static final String ELEMENTS =
      "[...document.querySelectorAll('*')].map(each => each.tagName).sort().join()";

  /// Claims once per response, and reads what each one puts on the screen.
  private static final String CLAIM_ALL =
      """
      async ([count, userCode]) => {
        const text = id => document.getElementById(id).textContent;
        const seen = [];
        for (let i = 0; i < count; i++) {
          document.getElementById('user-code').value = userCode;
          document.getElementById('code-form').requestSubmit();
          while (document.querySelector('main').ariaBusy === 'true') await new Promise(done => setTimeout(done));
          seen.push([
            document.querySelector('#consent-title bdi').textContent, text('device-name'), text('requested-from'),
            ...[...document.querySelectorAll('#scopes li')].map(each => each.textContent),
          ]);
        }
        return seen;
      }\
      """;

  private static final String READ_DEVICES =
      """
      async () => {
        const seen = [];
        for (const each of document.querySelectorAll('#devices > li')) {
          const button = each.querySelector('button');
          button.click();
          const question = document.querySelector('#confirm-title bdi').textContent;
          document.getElementById('confirm').close();
          while (document.querySelector('main').ariaBusy === 'true') await new Promise(done => setTimeout(done));
          const [app, may] = [...each.querySelectorAll('dd')].map(({ textContent }) => textContent);
          seen.push([each.querySelector('h2').textContent, app, may, button.ariaLabel, question]);
        }
        return seen;
      }\
      """;

  private Object names = "";

  @BeforeEach
  void watch() {
    person
        .context()
        .addInitScript(
            "document.addEventListener('securitypolicyviolation',"
                + " violation => console.error('violation of', violation.violatedDirective))");
    person.open(Shared.stack().url() + "/device");
    assertThat(person.code()).isFocused();
    names = windowsNames();
  }

  /// In addition, [Person] reports dialogs, requests to other hosts, and violations of the policy.
  @AfterEach
  void assertNothingRan() {
    assertThat(windowsNames()).isEqualTo(names);
  }

  private Object windowsNames() {
    return person.page().evaluate("Object.getOwnPropertyNames(window).sort().join()");
  }

  @Test
  void there_are_two_hundred_different_texts() {
    assertThat(HostileTexts.TEXTS).hasSize(200).doesNotHaveDuplicates();
    assertThat(HARMLESS).anyMatch(text -> text.contains("\uFFFD"));
    assertThat(HARMLESS)
        .noneMatch(text -> text.matches("(?s).*[\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069].*"));
  }

  @Test
  void a_consent_screen_shows_them_unchanged_or_harmless() {
    var asked = api.authorize(Map.of("client_id", "cli", "device_name", "laptop"));
    claim("oscar", asked);
    var elements = person.page().evaluate(ELEMENTS);
    var next = HostileTexts.TEXTS.iterator();
    ChangedResponses.amend(
        person.page(), "/oauth/device/claim", body -> tellEverywhere(next.next(), body));

    var seen =
        person
            .page()
            .evaluate(CLAIM_ALL, List.of(HostileTexts.TEXTS.size(), asked.text("user_code")));

    var expected = HARMLESS.stream().map(text -> Collections.nCopies(5, text)).toList();
    assertThat((List<?>) seen).hasSize(200).isEqualTo(expected);
    assertThat(person.page().evaluate(ELEMENTS)).isEqualTo(elements);
  }

  private static void tellEverywhere(String text, ObjectNode body) {
    body.put("client_name", text).put("device_name", text).put("requested_from", text);
    var scopes = body.putArray("scopes");
    scopes.addObject().put("scope", "read").putObject("description").put("en", text);
    scopes.addObject().put("scope", text);
  }

  @Test
  void the_linked_devices_page_lists_and_confirms_names_made_of_them() {
    ChangedResponses.amend(person.page(), "/keys", HostileTextTest::listThem);
    person.page().locator("#to-linked").click();
    person.button("Sign in").click();
    person.signIn("oscar");
    assertThat(person.page().locator("#devices > li")).hasCount(200);

    var seen = (List<?>) person.page().evaluate(READ_DEVICES);

    var expected =
        HARMLESS.stream().map(text -> List.of(text, text, text, "Unlink " + text, text)).toList();
    assertThat(seen).isEqualTo(expected);
    assertThat(person.page().locator("#devices :is(img, svg, script, a, form, iframe)"))
        .hasCount(0);
  }

  private static void listThem(ObjectNode body) {
    var now = Shared.CLOCK.instant().getEpochSecond();
    var keys = body.putArray("keys");
    for (var text : HostileTexts.TEXTS) {
      var key = keys.addObject();
      key.putArray("scopes").addObject().put("scope", text);
      key.put("key_id", text)
          .put("client_name", text)
          .put("name", text)
          .put("requested_from", text)
          .put("created_at", now)
          .put("expires_at", now + TOMORROW);
    }
  }

  @Test
  void an_account_name_may_contain_all_of_them() throws Exception {
    var separator = "|";
    var asked = api.authorize(Map.of("client_id", "cli"));
    person.open(asked.text("verification_uri_complete"));
    person.button("Continue").click();
    person.page().locator("#username").fill("mallory");
    // Runs after the issuer's own listener, which takes the name from the sign-in.
    var account = String.join(separator, HostileTexts.TEXTS);
    person
        .page()
        .evaluate(
            "claims => document.forms[0].addEventListener('submit',"
                + " event => { event.target.claims.value = claims; })",
            JSON.writeValueAsString(Map.of("preferred_username", account)));
    person.button("Sign in").click();

    assertThat(person.button("Approve")).isEnabled();
    var shown = HARMLESS.stream().collect(joining(separator));
    assertThat(person.page().locator("#account").textContent()).isEqualTo(shown);
    assertThat(person.page().locator("#account *")).hasCount(0);
    person.page().locator("#to-linked").click();
    assertThat(person.heading("Linked devices")).isVisible();
    assertThat(person.page().locator("#linked-account bdi").textContent()).isEqualTo(shown);
  }

  @Test
  void the_api_accepts_only_single_lines_and_the_page_shows_what_it_accepts() {
    var verdicts =
        HostileTexts.TEXTS.stream()
            .map(text -> api.authorize(Map.of("client_id", "cli", "device_name", text)))
            .toList();
    var in =
        IntStream.range(0, verdicts.size())
            .filter(index -> verdicts.get(index).status() == 200)
            .boxed()
            .toList();
    assertThat(in).hasSizeBetween(150, 199);
    assertThat(verdicts)
        .allMatch(reply -> reply.status() == 200 || reply.verdict().equals("400 invalid_request"));
    assertThat(in)
        .noneMatch(index -> HostileTexts.TEXTS.get(index).matches("(?s).*\\p{Cc}.*|.{999,}"));

    // One text in eight, and the newest first. The person also names each device.
    var some = in.stream().filter(index -> index % 8 == 0).toList();
    some.forEach(index -> link(verdicts.get(index), HostileTexts.TEXTS.get(index)));
    person.page().locator("#to-linked").click();
    person.button("Sign in").click();
    person.signIn("peter");

    assertThat(person.page().locator("#devices > li")).hasCount(some.size());
    assertThat(person.page().locator("#devices h2").allTextContents())
        .containsExactlyInAnyOrderElementsOf(some.stream().map(HARMLESS::get).toList());
  }

  private void link(Reply asked, String name) {
    var userCode = asked.text("user_code");
    var nonce = api.claim("peter", userCode).text("approval_nonce");
    assertThat(api.approve("peter", userCode, nonce, Map.of("name", name)).status()).isEqualTo(200);
    assertThat(api.poll(asked.text("device_code")).status()).isEqualTo(200);
  }
}
