package dev.keyferry.product.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.UserCode;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.local.Template.Function;
import dev.keyferry.product.Invoker;
import dev.keyferry.product.SampleEvents;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests of the samples in `events/`. The README there says what an expected response may leave
/// open.
class EventsTest {
  static List<Sample> samples() throws IOException {
    return SampleEvents.all(Shared.stack().template());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_function_answers_its_sample_event_as_expected(Sample sample) throws IOException {
    SampleEvents.check(Invoker.of(Shared.stack().functions()), sample);
  }

  static Stream<Sample> routedSamples() throws IOException {
    return samples().stream().filter(sample -> routesTo(sample.function()).findAny().isPresent());
  }

  @ParameterizedTest
  @MethodSource("routedSamples")
  void every_sample_event_has_the_form_that_the_gateway_sends(Sample sample) throws IOException {
    var event = SampleEvents.read(sample.name() + ".json");

    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("routeKey").asText())
        .isIn(routesTo(sample.function()).toList())
        .isEqualTo(event.at("/requestContext/routeKey").asText())
        .matches(routeKey ->
            (event.at("/requestContext/http/method").asText()
                    + " "
                    + event.path("rawPath").asText())
                .equals(routeKey.replace("{id}", event.at("/pathParameters/id").asText())));
    assertThat(event.at("/stageVariables").propertyStream().map(Map.Entry::getKey))
        .containsExactlyElementsOf(Shared.stack().template().stageVariables().keySet());
    // An address for documentation, RFC 5737.
    assertThat(event.at("/requestContext/http/sourceIp").asText()).startsWith("203.0.113.");
  }

  /// The routes that call the function as their handler or as their authorizer.
  private static Stream<String> routesTo(String function) {
    return Shared.stack().template().routes().stream()
        .filter(route ->
            route.function().id().equals(function)
                || (route.authorization() instanceof Authorization.Lambda(var authorizer)
                    && authorizer.id().equals(function)))
        .map(route -> route.method() + " " + route.path());
  }

  @Test
  void every_function_has_its_samples_and_every_sample_has_a_function() throws IOException {
    var template = Shared.stack().template();
    assertThat(template.functions().stream().map(Function::id))
        .containsExactlyInAnyOrderElementsOf(
            samples().stream().map(Sample::function).collect(toSet()));
    try (var files = Files.list(SampleEvents.FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("README.md"),
                      samples().stream()
                          .map(Sample::name)
                          .flatMap(name -> Stream.of(name + ".json", name + ".expected.json")))
                  .collect(toSet()));
    }
  }

  /// The page's routes all serve the page in the same way, and HEAD gets what GET gets.
  @Test
  void every_route_has_a_sample() throws IOException {
    var sampled = new HashSet<String>();
    for (var sample : samples()) {
      sampled.add(SampleEvents.read(sample.name() + ".json").path("routeKey").asText());
    }
    var routes = Shared.stack().template().routes().stream();

    assertThat(
            routes
                .filter(route -> !route.method().equals("HEAD"))
                .map(route -> route.method() + " " + route.path()))
        .filteredOn(route -> !sampled.contains(route))
        .containsExactlyInAnyOrder(
            "GET /",
            "GET /device/linked",
            "GET /device/{proxy+}",
            "GET /device/{version}/{asset}",
            "GET /oauth/authorize");
  }

  @Test
  void the_unknown_codes_and_the_unknown_key_are_well_formed_so_only_the_store_can_refuse_them()
      throws IOException {
    var poll =
        new String(
            Base64.getDecoder().decode(SampleEvents.read("poll.json").path("body").asText()),
            UTF_8);
    var key = SampleEvents.read("key-authorizer.json").at("/headers/authorization").asText();

    assertThat(DeviceCode.parse(poll.replaceFirst(".*device_code=", ""))).isPresent();
    assertThat(AccessToken.parse(key.replaceFirst("Bearer ", ""))).isPresent();
    for (var name : List.of("claim.json", "approve.json", "deny.json")) {
      var body = SampleEvents.parse(SampleEvents.read(name).path("body").asText());
      assertThat(UserCode.parse(body.path("user_code").asText())).isPresent();
    }
  }

  @Test
  void the_readme_says_how_to_invoke_a_function_with_its_sample() throws IOException {
    var readme = Files.readString(SampleEvents.FOLDER.resolve("README.md"));

    assertThat(readme.lines().filter(line -> line.startsWith("sam local invoke ")))
        .isNotEmpty()
        .isSubsetOf(samples().stream().map(Sample::command).toList());
  }
}
