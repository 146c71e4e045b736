package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesHandlerTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "AWS_REGION", "eu-central-1",
          "ACCENT_COLOR", "#0b6e7f",
          "BRAND_NAME", "Keyferry",
          "SUPPORT_URL", "");

  private final PageHandler page = new PageHandler(Wiring.withoutAws(SETTINGS));

  private String answer(ObjectNode event) {
    var answer = new ByteArrayOutputStream();
    EventSerializer.invoke(
        page,
        new ByteArrayInputStream(ResponseContract.text(event).getBytes(UTF_8)),
        answer,
        Prime.contextOf(new NoLog()));
    return answer.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//", "//evil.example/", "/device//", "https://evil.example/device/"})
  void no_other_path_leads_anywhere(String path) {
    var event = Logins.sample("verification-page").put("rawPath", path);

    assertThat(answer(event)).contains("404", "Not Found").doesNotContain("location");
  }

  @Test
  void the_route_decides_and_not_the_path() {
    var metadata = Logins.sample("metadata");
    var event = Logins.sample("whoami").put("rawPath", metadata.path("rawPath").asText());

    assertThat(answer(event)).contains("key_id").doesNotContain("token_endpoint");
    assertThat(answer(metadata)).contains("token_endpoint");
  }

  /// The context of a key that an earlier version issued, and of a user whose profile is empty.
  @Test
  void whoami_answers_200_to_a_key_with_empty_facts() {
    var event = Logins.sample("whoami");
    var facts = (ObjectNode) event.at("/requestContext/authorizer/lambda");
    List.of("scope", "name", "email", "organisation").forEach(name -> facts.put(name, ""));

    assertThat(answer(event))
        .contains("\"statusCode\":200", "\\\"scope\\\":\\\"\\\"", "key_id")
        .doesNotContain("email");
  }

  @ParameterizedTest
  @ValueSource(strings = {"metadata", "verification-page", "whoami"})
  void head_gets_the_answer_of_get_without_its_body(String sample) {
    var event = Logins.sample(sample);
    var get = (ObjectNode) ResponseContract.parse(answer(event));
    var route = event.path("routeKey").asText();

    var head = ResponseContract.parse(answer(event.put("routeKey", route.replace("GET", "HEAD"))));

    assertThat(head).isEqualTo(get.put("body", "").put("isBase64Encoded", false));
  }

  /// API Gateway's routes decide whether it passes on a slash at the end, and by which route.
  @ParameterizedTest
  @ValueSource(strings = {"GET /device", "GET /device/{proxy+}", "HEAD /device/{version}/{asset}"})
  void a_typed_address_leads_to_the_page_by_any_route(String route) {
    var event = Logins.sample("verification-page").put("routeKey", route);
    event.put("rawPath", "/device/linked/").put("rawQueryString", "user_code=WDJB-MJHT");

    assertThat(ResponseContract.parse(answer(event)).at("/headers/location").asText())
        .isEqualTo(
            event.at("/stageVariables/PublicUrl").asText() + "/device/linked?user_code=WDJB-MJHT");
    event.put("rawQueryString", "a=b\r\nset-cookie: a=b");
    assertThat(ResponseContract.parse(answer(event)).at("/headers/location").asText())
        .endsWith("/device/linked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET /keys", "POST /whoami", "GET /whoami/", "$default"})
  void another_functions_route_is_not_found(String route) {
    var event = Logins.sample("whoami").put("routeKey", route);

    assertThat(answer(event)).contains("404", "Not Found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD /keys", "HEAD HEAD /whoami"})
  void another_functions_route_has_no_head(String route) {
    var event = Logins.sample("whoami").put("routeKey", route);

    assertThat(answer(event)).contains("404").doesNotContain("key_id");
  }

  @Test
  void an_event_without_a_route_is_not_found() {
    var event = Logins.sample("whoami");
    event.remove("routeKey");

    assertThat(answer(event)).contains("404", "Not Found");
  }

  /// [Prime] sends a sample for each route before the snapshot.
  @Test
  void every_route_has_a_sample_and_every_sample_a_route() {
    assertThat(page.samples())
        .contains("metadata", "verification-page", "whoami")
        .allSatisfy(name -> assertThat(answer(Logins.sample(name))).contains("200"));
  }
}
