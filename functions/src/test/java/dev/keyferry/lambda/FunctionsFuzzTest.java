package dev.keyferry.lambda;

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

  private static final Map<String, String> ROUTES =
      Map.ofEntries(
          Map.entry("POST /oauth/device/authorize", "authorize"),
          Map.entry("POST /oauth/token", "poll"),
          Map.entry("POST /oauth/revoke", "revoke"),
          Map.entry("POST /oauth/introspect", "introspect"),
          Map.entry("POST /oauth/device/claim", "claim"),
          Map.entry("POST /oauth/device/approve", "approve"),
          Map.entry("POST /oauth/device/deny", "deny"),
          Map.entry("POST /oauth/authorize/claim", "authorization-claim"),
          Map.entry("POST /oauth/authorize/approve", "authorization-approve"),
          Map.entry("POST /oauth/authorize/deny", "authorization-deny"),
          Map.entry("GET /keys", "list-keys"),
          Map.entry("DELETE /keys", "sign-out"),
          Map.entry("GET /whoami", "whoami"),
          Map.entry("AUTHORIZE /whoami", "key-authorizer"),
          Map.entry("GET /.well-known/oauth-authorization-server", "metadata"));

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

  /// The function that the gateway routes to, or the page if there is no route.
  private static String function(RawRequest request) {
    var route = request.method() + " " + request.path();
    return route.startsWith("DELETE /keys/")
        ? "revoke-key"
        : ROUTES.getOrDefault(route, "verification-page");
  }
}
