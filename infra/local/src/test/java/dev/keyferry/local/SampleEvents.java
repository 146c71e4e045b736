package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// What is in `events/`, whose README says what an expected answer may leave open.
final class SampleEvents {
  static final Path FOLDER = Shared.ROOT.resolve("events");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PATTERN = "regex:";

  private SampleEvents() {}

  /// The function answers its sample as it shall.
  static void check(Invoker functions, String function) throws IOException {
    var expected = read(nameOf(function) + ".expected.json");
    var event = read(nameOf(function) + ".json").toString();

    var answer = JSON.readTree(functions.invoke(function, event));

    Secrets.answered(
        new Reply(answer.path("statusCode").asInt(), Map.of(), answer.path("body").asText()));
    assertThat(inTheWordsOf(expected, answer).toPrettyString())
        .isEqualTo(expected.toPrettyString());
  }

  /// `VerificationPageFunction` has `verification-page.json`.
  static String nameOf(String function) {
    return function
        .replaceFirst("Function$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  static JsonNode read(String file) throws IOException {
    return JSON.readTree(Files.readString(FOLDER.resolve(file)));
  }

  /// An answer with every part that fits a pattern replaced by that pattern, so that what still
  /// differs is what is wrong.
  private static JsonNode inTheWordsOf(JsonNode expected, JsonNode answer) {
    if (expected.isObject() && answer.isTextual()) {
      return inTheWordsOf(expected, parse(answer.asText()));
    }
    if (expected.isObject() && answer.isObject()) {
      var said = JSON.createObjectNode();
      // Members in the expected one's order, or every one would show as a difference.
      expected.propertyStream().map(Map.Entry::getKey).filter(answer::has).forEach(said::putNull);
      answer
          .properties()
          .forEach(member ->
              said.set(
                  member.getKey(),
                  inTheWordsOf(expected.path(member.getKey()), member.getValue())));
      return said;
    }
    var fits =
        answer.isValueNode()
            && expected.asText().startsWith(PATTERN)
            && answer.asText().matches(expected.asText().substring(PATTERN.length()));
    return fits ? expected : answer;
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
