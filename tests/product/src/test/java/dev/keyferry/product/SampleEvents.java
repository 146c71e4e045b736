package dev.keyferry.product;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.local.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The samples in `events/`. The README there says what an expected response may leave open.
public final class SampleEvents {
  public static final Path FOLDER = Shared.ROOT.resolve("events");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PATTERN = "regex:";

  private SampleEvents() {}

  /// A sample event and its function.
  ///
  /// @param name of its file, without the suffix
  public record Sample(String function, String name) {
    /// Invokes the function with the SAM CLI, as the README shows.
    public String command() {
      return "sam local invoke %s -e events/%s.json --config-env local".formatted(function, name);
    }
  }

  /// All samples. A function has either one sample under its own name or one sample per route.
  public static List<Sample> all(Template template) throws IOException {
    var samples = new ArrayList<Sample>();
    for (var function : template.functions()) {
      var name = nameOf(function.id());
      if (Files.exists(FOLDER.resolve(name + ".json"))) {
        samples.add(new Sample(function.id(), name));
      } else {
        ofRoutes(template, function).forEach(samples::add);
      }
    }
    return samples;
  }

  private static Stream<Sample> ofRoutes(Template template, Template.Function function)
      throws IOException {
    var routes =
        template.routes().stream()
            .filter(route -> route.function().equals(function))
            .map(route -> route.method() + " " + route.path())
            .collect(toSet());
    var named = template.functions().stream().map(each -> nameOf(each.id())).collect(toSet());
    var names = new ArrayList<String>();
    for (var name : names()) {
      if (!named.contains(name)
          && routes.contains(read(name + ".json").path("routeKey").asText())) {
        names.add(name);
      }
    }
    return names.stream().map(name -> new Sample(function.id(), name));
  }

  /// In alphabetical order.
  public static List<String> names() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".json") && !file.endsWith(".expected.json"))
          .map(file -> file.replaceFirst("\\.json$", ""))
          .sorted()
          .toList();
    }
  }

  /// Checks that the function answers the sample as expected.
  public static void check(Invoker functions, Sample sample) throws IOException {
    var expected = read(sample.name() + ".expected.json");
    var event = read(sample.name() + ".json").toString();

    var answer = JSON.readTree(functions.invoke(sample.function(), event));

    Secrets.answered(
        new Reply(answer.path("statusCode").asInt(), Map.of(), answer.path("body").asText()));
    assertThat(withPatternsOf(expected, answer).toPrettyString())
        .isEqualTo(expected.toPrettyString());
  }

  /// `KeyAuthorizerFunction` has `key-authorizer.json`.
  private static String nameOf(String function) {
    return function
        .replaceFirst("Function$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  public static JsonNode read(String file) throws IOException {
    return JSON.readTree(Files.readString(FOLDER.resolve(file)));
  }

  /// The response with each part that matches a pattern replaced by that pattern. Any difference
  /// that remains is an error.
  private static JsonNode withPatternsOf(JsonNode expected, JsonNode answer) {
    if (expected.isObject() && answer.isTextual()) {
      return withPatternsOf(expected, parse(answer.asText()));
    }
    if (expected.isObject() && answer.isObject()) {
      var reduced = JSON.createObjectNode();
      // The members take the expected order. Otherwise each would show as a difference.
      expected
          .propertyStream()
          .map(Map.Entry::getKey)
          .filter(answer::has)
          .forEach(reduced::putNull);
      answer
          .properties()
          .forEach(member ->
              reduced.set(
                  member.getKey(),
                  withPatternsOf(expected.path(member.getKey()), member.getValue())));
      return reduced;
    }
    var fits =
        answer.isValueNode()
            && expected.asText().startsWith(PATTERN)
            && answer.asText().matches(expected.asText().substring(PATTERN.length()));
    return fits ? expected : answer;
  }

  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
