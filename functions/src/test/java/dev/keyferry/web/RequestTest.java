package dev.keyferry.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Subject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";

  private static Request request(String contentType, String query, String body) {
    return request(Map.of("content-type", contentType), query, body, Map.of());
  }

  private static Request request(
      Map<String, String> headers, String query, String body, Map<String, String> claims) {
    return new Request(
        Optional.of("a-request"),
        URI.create("https://keys.example"),
        SignIn.of(Map.of("IssuerUrl", "https://issuer.example", "PageClientId", "page")),
        "/oauth/token",
        query,
        headers,
        body,
        Origin.parse("192.0.2.7"),
        claims);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        FORM,
        FORM + ";charset=UTF-8",
        FORM + " ; charset=utf-8",
        "Application/X-WWW-Form-URLEncoded"
      })
  void reads_a_form_with_its_content_type(String contentType) {
    assertThat(request(contentType, "", "a=1").form().require("a")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void reads_no_form_from_a_page_of_another_site(String site) {
    var headers = Map.of("content-type", FORM, "sec-fetch-site", site);
    assertRefused(() -> request(headers, "", "a=1", Map.of()).form());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "same-origin"})
  void reads_a_form_of_its_own_origin(String site) {
    var headers = Map.of("content-type", FORM, "sec-fetch-site", site);
    assertThat(request(headers, "", "a=1", Map.of()).form().require("a")).isEqualTo("1");
  }

  private static Form form(String authorization, String body) {
    var headers = Map.of("content-type", FORM, "authorization", authorization);
    return request(headers, "", body, Map.of()).form();
  }

  private static String basic(String credentials) {
    return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
  }

  /// RFC 6749 §2.3.
  @ParameterizedTest
  @ValueSource(
      strings = {"client_secret=s", "client_assertion=s", "a=1&client_id=cli&client_secret=s"})
  void reads_no_form_with_credentials_besides_those_of_its_header(String body) {
    for (var credentials : List.of("cli:s", "cli:other", "cli:", "no colon")) {
      assertRefused(() -> form(basic(credentials), body));
    }
    assertRefused(() -> form("Basic", body));
    assertRefused(() -> form("bAsIc %%%", body));
  }

  @Test
  void reads_no_form_with_two_credentials_or_two_clients() {
    var both = "client_secret=s&client_assertion=s";
    assertRefused(() -> request(FORM, "", both).form());
    assertRefused(() -> form(basic("cli:s"), "client_id=demo"));
    assertRefused(() -> form(basic("cli:"), "client_id=demo"));
  }

  /// Go's oauth2, for one, sends a public client's id in both places, with an empty secret.
  @ParameterizedTest
  @ValueSource(strings = {"client_id=cli", "client_id=cli&client_secret=", "client_id=&a=1", "a=1"})
  void reads_a_form_with_one_authentication(String body) {
    assertThat(form(basic("cli:s"), body)).isNotNull();
    assertThat(form(basic("cli:"), body)).isNotNull();
    assertThat(form("Basic", body)).isNotNull();
    assertThat(form("Bearer x", "client_id=cli&client_secret=s")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {JSON, JSON + "; charset=utf-8", "APPLICATION/JSON"})
  void reads_json_with_its_content_type(String contentType) {
    assertThat(
            request(contentType, "", "{\"a\":\"1\"}").json(ObjectNode.class).path("a").textValue())
        .isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", JSON, "text/plain", "multipart/form-data", FORM + "x"})
  void does_not_read_another_type_as_a_form(String contentType) {
    assertRefused(() -> request(contentType, "", "a=1").form());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", FORM, "text/plain", "text/json"})
  void does_not_read_another_type_as_json(String contentType) {
    assertRefused(() -> request(contentType, "", "{}").json(ObjectNode.class));
  }

  @Test
  void does_not_guess_the_type_of_a_body() {
    assertRefused(() -> request(Map.of(), "", "a=1", Map.of()).form());
    assertRefused(() -> request(Map.of(), "", "{}", Map.of()).json(ObjectNode.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "device_code=x",
        "user_code=x",
        "code_verifier=x",
        "client_secret=x",
        "refresh_token=x",
        "access_token=x",
        "token=x",
        "token",
        "device_code=",
        "a=1&device_code=x",
        "device%5Fcode=x"
      })
  void refuses_a_secret_in_the_query_string(String query) {
    assertRefused(() -> request(FORM, query, "a=1").form());
    assertRefused(() -> request(JSON, query, "{}").json(ObjectNode.class));
  }

  @Test
  void ignores_other_parameters_in_the_query_string() {
    assertThat(request(FORM, "utm_source=mail", "a=1").form().require("a")).isEqualTo("1");
  }

  @Test
  void takes_no_parameter_from_the_query_string() {
    assertThat(request(FORM, "a=1", "").form().optional("a")).isEmpty();
  }

  @Test
  void accepts_a_body_of_at_most_8_kib() {
    assertThat(Request.text(new byte[8 * 1024])).hasSize(8 * 1024);
    assertRefused(() -> Request.text(new byte[8 * 1024 + 1]));
  }

  @Test
  void counts_the_bytes_of_a_body_and_not_its_characters() {
    var text = "é".repeat(4 * 1024);

    assertThat(Request.text(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    assertRefused(() -> Request.text((text + "x").getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void refuses_a_body_that_is_not_utf_8() {
    assertRefused(() -> Request.text(new byte[] {'a', (byte) 0xFF}));
    assertRefused(() -> Request.text(new byte[] {(byte) 0xC3}));
  }

  @Test
  void identifies_the_signed_in_user_by_the_verified_claim() {
    var signedIn = request(Map.of("sub", "mallory"), "sub=mallory", "", Map.of("sub", "ada"));

    assertThat(signedIn.subject()).isEqualTo(new Subject("ada"));
  }

  @Test
  void refuses_a_user_without_a_name() {
    assertRefused(() -> request(Map.of(), "", "", Map.of()).subject());
    assertRefused(() -> request(Map.of(), "", "", Map.of("sub", "")).subject());
  }

  /// When it is stored, an unpaired surrogate becomes the same replacement as every other invalid
  /// name.
  @Test
  void refuses_a_user_whose_name_is_an_unpaired_surrogate() {
    assertRefused(() -> request(Map.of(), "", "", Map.of("sub", "ada\ud83d")).subject());
    assertRefused(() -> request(Map.of(), "", "", Map.of("sub", "ada\ud83d")).owner());
  }

  /// Such a user may have linked devices before there was this rule, and can still end them.
  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\u0000", "a\u0085", " "})
  void refuses_a_user_that_no_operator_can_name_except_as_the_owner_of_devices(String name) {
    var request = request(Map.of(), "", "", Map.of("sub", name));

    assertRefused(request::subject);
    assertThat(request.owner()).isEqualTo(new Subject(name));
  }

  private static void assertRefused(Runnable reading) {
    assertThatExceptionOfType(MalformedRequest.class)
        .isThrownBy(reading::run)
        .extracting(refused -> refused.error().code())
        .isEqualTo(OAuthError.Code.INVALID_REQUEST);
  }
}
