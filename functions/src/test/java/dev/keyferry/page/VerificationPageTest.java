package dev.keyferry.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.Origin;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.SignIn;
import dev.keyferry.web.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the verification page's files and how they are served.
final class VerificationPageTest {
  private static final Map<String, String> STAGE =
      Map.of("IssuerUrl", "https://issuer.example", "PageClientId", "page");

  private static final Path FILES = Path.of("src/main/resources/dev/keyferry/page");
  private static final String LIBRARY = "oauth4webapi.js";

  private static String file(String name) throws IOException {
    return Files.readString(FILES.resolve(name));
  }

  private static List<String> names() throws IOException {
    try (var files = Files.list(FILES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /// Our own files: the document, and all scripts except the library.
  private static List<String> ours() throws IOException {
    return names().stream()
        .filter(name -> name.endsWith(".js") || name.endsWith(".html"))
        .filter(name -> !name.equals(LIBRARY))
        .toList();
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  @Nested
  class Words {
    @Test
    void every_catalogue_has_the_same_phrases_and_none_is_empty() throws IOException {
      var english = phrases("en");

      for (var language : Languages.ALL) {
        assertThat(phrases(language).keySet()).as(language).isEqualTo(english.keySet());
        assertThat(phrases(language).values()).as(language).noneMatch(String::isBlank);
      }
    }

    @Test
    void every_translation_has_the_same_values_in_it() throws IOException {
      var english = phrases("en");

      for (var language : Languages.ALL) {
        phrases(language)
            .forEach((phrase, words) ->
                assertThat(values(words))
                    .as(language + " " + phrase)
                    .isEqualTo(values(english.getOrDefault(phrase, ""))));
      }
    }

    @Test
    void only_the_english_catalogue_is_in_english() throws IOException {
      var english = phrases("en");
      // Words that are the same in two languages.
      var shared = Map.of("de", List.of("linked.app", "time.at"), "es", List.of("time.at"));

      for (var language : Languages.ALL.subList(1, Languages.ALL.size())) {
        phrases(language)
            .forEach((phrase, words) -> {
              if (!shared.getOrDefault(language, List.of()).contains(phrase)) {
                assertThat(words).as(language + " " + phrase).isNotEqualTo(english.get(phrase));
              }
            });
      }
    }

    @Test
    void every_phrase_is_used_and_every_used_phrase_exists() throws IOException {
      var used = new TreeSet<String>();
      for (var name : ours()) {
        used.addAll(found("'([a-z]+\\.[a-z_]+)'", file(name)));
        used.addAll(found("data-words(?:-label)?=\"([^\"]+)\"", file(name)));
        used.addAll(found("\\{\\{words:([^}]+)}}", file(name)));
      }

      assertThat(used).isEqualTo(new TreeSet<>(phrases("en").keySet()));
    }

    @Test
    void the_switch_offers_every_language() throws IOException {
      assertThat(found("<option value=\"(..)\" lang=", file("device.html")))
          .isEqualTo(Languages.ALL);
      assertThat(names().stream().filter(name -> name.startsWith("words-")))
          .containsExactlyInAnyOrderElementsOf(
              Languages.ALL.stream().map(language -> "words-" + language + ".json").toList());
    }

    private static Map<String, String> phrases(String language) throws IOException {
      var text = file("words-" + language + ".json");
      var object = StrictJson.read(text, ObjectNode.class);
      var phrases = new HashMap<String, String>();
      found("(?m)^  \"([^\"]+)\":", text)
          .forEach(key -> phrases.put(key, object.required(key).textValue()));
      return phrases;
    }

    private static List<String> values(String words) {
      return found("\\{(\\w+)}", words).stream().sorted().toList();
    }
  }

  @Nested
  class Safety {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "innerHTML",
          "outerHTML",
          "insertAdjacentHTML",
          "document.write",
          "eval(",
          "new Function",
          "DOMParser",
          "createContextualFragment",
          "srcdoc",
          "localStorage",
          "document.cookie"
        })
    void no_text_becomes_markup_or_code_and_nothing_is_kept(String way) throws IOException {
      for (var name : ours()) {
        assertThat(file(name)).as(name).doesNotContain(way);
      }
    }

    @Test
    void the_document_has_nothing_inline() throws IOException {
      assertThat(file("device.html"))
          .doesNotContain("<style")
          .doesNotContainPattern("<script(?![^>]*\\ssrc=)")
          .doesNotContainPattern("\\s(on[a-z]+|style)=");
    }
  }

  @Nested
  class Serving {
    private final VerificationPage page = page(Map.of());

    @Test
    void everything_in_the_folder_is_served_and_everything_a_document_names() throws IOException {
      var document = get("/device", Map.of()).body();
      var named = found("(?:href|src)=\"(/device/[^\"/]+/[^\"]+)\"", document);

      assertThat(named)
          .isNotEmpty()
          .allSatisfy(path -> assertThat(get(path, Map.of()).status()).as(path).isEqualTo(200));
      var folder = named.get(0).replaceFirst("[^/]+$", "");
      assertThat(names().stream().filter(name -> !name.matches(".*\\.(html|txt)")))
          .allSatisfy(
              name -> assertThat(get(folder + name, Map.of()).status()).as(name).isEqualTo(200));
      // The browser loads them in parallel.
      assertThat(named)
          .containsAll(VerificationPage.SCRIPTS.stream().map(name -> folder + name).toList());
    }

    @Test
    void a_path_with_the_right_hash_is_cached_forever_and_another_hash_is_not_found() {
      var style = styleOf(page);

      assertThat(get(style, Map.of()).headers())
          .containsEntry("cache-control", "public, max-age=31536000, immutable")
          .containsEntry("cross-origin-resource-policy", "same-origin")
          .containsEntry("x-content-type-options", "nosniff");
      var other = style.replaceFirst("/device/[^/]+", "/device/000000000000");
      assertThat(get(other, Map.of()).status()).isEqualTo(404);
      assertThat(styleOf(page(Map.of("ACCENT_COLOR", "#bb0000")))).isNotEqualTo(style);
      assertThat(styleOf(page(Map.of("BRAND_NAME", "Acme")))).isEqualTo(style);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "gzip|true",
          "deflate, gzip;q=0.5, br|true",
          "gzip; q=1.0|true",
          "gzip;q=0|false",
          "gzip;q=0.000|false",
          "br|false",
          "''|false"
        })
    void is_compressed_for_browsers_that_accept_it(String accepted, boolean isCompressed)
        throws IOException {
      var path = styleOf(page);
      var plain = get(path, Map.of());
      var answer = get(path, Map.of("accept-encoding", accepted));

      assertThat(answer.isBase64()).isEqualTo(isCompressed);
      assertThat(answer.headers()).containsEntry("vary", "accept-encoding");
      if (isCompressed) {
        assertThat(answer.headers()).containsEntry("content-encoding", "gzip");
        var bytes = new ByteArrayInputStream(Base64.getDecoder().decode(answer.body()));
        try (var text = new GZIPInputStream(bytes)) {
          assertThat(new String(text.readAllBytes(), StandardCharsets.UTF_8))
              .isEqualTo(plain.body());
        }
      } else {
        assertThat(answer).isEqualTo(plain);
      }
    }

    /// Some implementations of language lookup take a minute for these.
    @ParameterizedTest
    @ValueSource(strings = {"-a", "-aa", ",de", ",de;q=0.1"})
    void no_header_delays_the_page_for_long(String repeated) {
      var accepted = "de" + repeated.repeat(7_800 / repeated.length());

      assertTimeout(
          Duration.ofSeconds(1), () -> get("/device", Map.of("accept-language", accepted)));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "de|de|ltr",
          "de-AT,en;q=0.5|de|ltr",
          "fr, es;q=0.8, en;q=0.7|es|ltr",
          "ja;q=0.1, ar|ar|rtl",
          "en;q=0, ar;q=0.1|ar|rtl",
          "de-Latn-AT-1996|de|ltr",
          "fr|en|ltr",
          "*|en|ltr",
          "!!;q=x|en|ltr",
          "''|en|ltr"
        })
    void the_document_is_in_the_language_that_the_browser_prefers(
        String accepted, String language, String direction) {
      var answer = get("/device/linked", Map.of("accept-language", accepted));

      assertThat(answer.body())
          .contains("<html lang=\"%s\" dir=\"%s\">".formatted(language, direction))
          .contains("/words-" + language + ".json")
          .doesNotContain("{{");
      assertThat(answer.headers())
          .containsEntry("content-language", language)
          .containsEntry("cache-control", "no-store")
          .containsEntry("vary", "accept-encoding, accept-language");
    }

    @Test
    void the_page_sends_the_issuer_no_audience_or_resource_unless_configured() {
      var answer = get("/device", Map.of());

      assertThat(answer.headers().get("content-security-policy"))
          .contains("; connect-src 'self' https://issuer.example; ");
      assertThat(answer.body())
          .contains("<meta name=\"keyferry:client-id\" content=\"page\">")
          .contains("<meta name=\"keyferry:audience\" content=\"\">")
          .contains("<meta name=\"keyferry:resource\" content=\"\">");
    }

    @Test
    void the_stages_sign_in_settings_reach_the_page() {
      var stage =
          Map.of(
              "IssuerUrl", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc",
              "PageClientId", "4f2",
              "SignInOrigins", "https://a.example,https://b.example:8443",
              "SignInScope", "openid,api://keyferry/approve",
              "SignInAudience", "https://api.example",
              "Resource", "https://keyferry.invalid");

      var answer = get(page, stage, "/device", Map.of());

      assertThat(answer.headers().get("content-security-policy"))
          .contains(
              "; connect-src 'self' https://cognito-idp.eu-central-1.amazonaws.com"
                  + " https://a.example https://b.example:8443; ");
      assertThat(answer.body())
          .contains("keyferry:issuer\" content=\"" + stage.get("IssuerUrl") + "\"")
          .contains("keyferry:client-id\" content=\"4f2\"")
          .contains("keyferry:scope\" content=\"openid api://keyferry/approve\"")
          .contains("keyferry:audience\" content=\"https://api.example\"")
          .contains("keyferry:resource\" content=\"https://keyferry.invalid\"");
    }

    @Test
    void each_environment_serves_its_own_document() {
      var german = Map.of("accept-language", "de");
      var elsewhere = new HashMap<>(STAGE);
      elsewhere.put("IssuerUrl", "https://elsewhere.example");

      var english = get("/device", Map.of());

      assertThat(get("/device", german).body()).contains("lang=\"de\"").contains("issuer.example");
      assertThat(get(page, elsewhere, "/device", german).body())
          .contains("lang=\"de\"")
          .contains("https://elsewhere.example");
      assertThat(get("/device", Map.of())).isEqualTo(english);
    }

    @Test
    void the_brand_is_shown_and_never_becomes_markup() {
      var branded =
          page(
              Map.of(
                  "BRAND_NAME", "<b>A&B</b>\"{{issuer}}$1",
                  "SUPPORT_URL", "https://help.example/?a=1&b=2"));

      assertThat(get(branded, "/device", Map.of()).body())
          .contains("<bdi>&lt;b>A&amp;B&lt;/b>&quot;{{issuer}}$1</bdi>")
          .contains("content=\"https://help.example/?a=1&amp;b=2\"")
          .contains("content=\"https://issuer.example\"");
    }

    private static String styleOf(VerificationPage page) {
      var document = get(page, "/device", Map.of()).body();
      return Pattern.compile("/device/[0-9a-f]+/device\\.css")
          .matcher(document)
          .results()
          .map(MatchResult::group)
          .findFirst()
          .orElseThrow();
    }

    private Response get(String path, Map<String, String> headers) {
      return get(page, path, headers);
    }

    private static Response get(VerificationPage page, String path, Map<String, String> headers) {
      return get(page, STAGE, path, headers);
    }

    private static Response get(
        VerificationPage page,
        Map<String, String> stage,
        String path,
        Map<String, String> headers) {
      return page.answer(
          new Request(
              Optional.empty(),
              URI.create("https://keys.example"),
              SignIn.of(stage),
              path,
              "",
              headers,
              "",
              Origin.parse("192.0.2.7"),
              Map.of()));
    }

    private static VerificationPage page(Map<String, String> settings) {
      return new VerificationPage(
          new VerificationPage.Branding(
              settings.getOrDefault("BRAND_NAME", "Keyferry"),
              settings.getOrDefault("ACCENT_COLOR", "#0b5a6b"),
              settings.getOrDefault("SUPPORT_URL", "")));
    }
  }

  @Nested
  class Colours {
    private static Stream<String> all() {
      var colours = new ArrayList<String>();
      for (int red = 0; red < 256; red += 51) {
        for (int green = 0; green < 256; green += 51) {
          for (int blue = 0; blue < 256; blue += 51) {
            colours.add("#%02x%02x%02x".formatted(red, green, blue));
          }
        }
      }
      return colours.stream();
    }

    @Test
    void any_accent_is_legible_as_background_and_as_text() {
      assertThat(all().map(Accent::parse))
          .hasSize(216)
          .allSatisfy(accent -> {
            assertThat(accent.contrast(accent.textColor())).isGreaterThanOrEqualTo(4.5);
            for (var ground : List.of(Accent.LIGHT_GROUND, Accent.DARK_GROUND)) {
              assertThat(accent.legibleOn(ground).contrast(ground)).isGreaterThanOrEqualTo(4.5);
            }
          });
    }

    @Test
    void the_background_colours_match_the_style_sheet() throws IOException {
      assertThat(found("--tint: (#[0-9a-f]{6});", file("device.css")))
          .containsExactly(Accent.LIGHT_GROUND.toString(), Accent.DARK_GROUND.toString());
    }

    @Test
    void an_accent_that_is_legible_stays_as_it_is() {
      assertThat(Accent.parse("#0b5a6b").css())
          .contains("--accent: #0b5a6b;", "--on-accent: #ffffff;", "--accent-text: #0b5a6b;");
      assertThat(Accent.parse("#ffdd00").css())
          .contains("--accent: #ffdd00;", "--on-accent: #000000;")
          .doesNotContain("--accent-text: #ffdd00;\n}");
    }
  }
}
