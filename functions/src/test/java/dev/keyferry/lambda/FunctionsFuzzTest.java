package dev.keyferry.lambda;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Fuzzes all functions: one or a few requests in [RawRequest]'s format, separated by lines of
/// `%%`. The functions hold a login in each of its stages ([Logins]). A request refers to its codes
/// as `{{approved.device_code}}`.
///
/// Whatever the request is, the response keeps its promise, the log contains no secret, and the
/// encoding of the body makes no difference.
///
/// This and every other fuzz test reads its kept inputs (`…Inputs` among the resources) in `mvn
/// verify`. `docs/proof.md` says how to explore. If an exploration breaks a test, it adds a file
/// `crash-…` next to the kept inputs. Keep that file, under a name that says what it is. Other
/// findings are in `functions/.cifuzz-corpus`, from which the next run continues.
final class FunctionsFuzzTest {
  private static final Pattern BETWEEN = Pattern.compile("\n%%\n");
  private static final int MOST = 4;

  /// The functions' names by the routes of their samples.
  private static final Map<Pattern, String> ROUTES =
      new InMemoryFunctions()
          .names().stream()
              .filter(name -> Logins.sample(name).has("routeKey"))
              .collect(toMap(FunctionsFuzzTest::route, name -> name));

  @FuzzTest
  void every_response_keeps_its_promise_in_either_encoding(byte[] input) {
    var requests = BETWEEN.split(new String(input, StandardCharsets.ISO_8859_1), MOST);

    var answers = answers(requests, request -> Optional.of(request.toEvent()));

    // Repeats the sequence from the start, as far as all of it is text.
    var asText = answers(requests, RawRequest::toTextEvent);
    if (asText.size() == answers.size()) {
      assertThat(asText).isEqualTo(answers);
    }
  }

  private static List<String> answers(
      String[] requests, Function<RawRequest, Optional<ObjectNode>> toEvent) {
    var functions = new InMemoryFunctions();
    var logins = Logins.begin(functions);
    var answers = new ArrayList<String>();
    for (var text : requests) {
      // Claims are left alone, because the log names a user who is called like a code.
      var request = parse(logins.in(text)).withClaims(parse(text).claims());
      var event = toEvent.apply(request);
      if (event.isEmpty()) {
        break;
      }
      var function = function(request);
      var answer = functions.answer(function, ResponseContract.text(event.get()));
      ResponseContract.check(function, answer, logins.drawn().values());
      answers.add(answer);
    }
    var audit = String.join("\n", functions.audit());
    assertThat(logins.drawn().values()).noneMatch(audit::contains);
    return answers;
  }

  private static RawRequest parse(String text) {
    return RawRequest.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// The route of a sample. A part of its path may be a variable. The authorizer shares its route
  /// with the function behind it.
  private static Pattern route(String name) {
    var key = Logins.sample(name).path("routeKey").asText();
    var own = name.equals("key-authorizer") ? key.replaceFirst("GET", "AUTHORIZE") : key;
    return Pattern.compile(
        "\\Q" + own.replaceAll("\\{[a-z]+}", "\\\\E.*\\\\Q") + "\\E", Pattern.DOTALL);
  }

  /// The function that the gateway routes to, or the page if there is no route.
  private static String function(RawRequest request) {
    var requested = request.method() + " " + request.path();
    return ROUTES.entrySet().stream()
        .filter(route -> route.getKey().matcher(requested).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("verification-page");
  }
}
