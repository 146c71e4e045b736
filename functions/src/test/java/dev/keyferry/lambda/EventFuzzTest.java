package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Fuzzes events of API Gateway, payload format 2.0. A function gets what was sent, in either
/// encoding of the body. A body that is not text or too large, or a secret in the query, never
/// reaches it.
final class EventFuzzTest {
  private static final int LARGEST = 8 * 1024;

  @FuzzTest
  void a_function_gets_what_was_sent_in_either_encoding(byte[] input) {
    var sent = RawRequest.parse(input);

    var told = told(sent.toEvent());

    var fits = sent.textBody().isPresent() && sent.body().length() <= LARGEST;
    assertThat(told.isPresent()).isEqualTo(fits && !sent.path().isEmpty());
    sent.toTextEvent().ifPresent(event -> assertThat(told(event)).isEqualTo(told));
    told.ifPresent(request -> assertTold(sent, request));
  }

  private static void assertTold(RawRequest sent, Request request) {
    assertThat(request.path()).isEqualTo(sent.path());
    assertThat(request.query()).isEqualTo(sent.query());
    assertThat(request.body().getBytes(UTF_8)).isEqualTo(sent.bytes());
    assertThat(request.claims()).isEqualTo(sent.claims());
    assertThat(request.publicUrl()).hasToString("https://keyferry.example");
    assertThat(request.origin()).hasToString("203.0.113.20");
    assertThat(request.headers().keySet()).isEqualTo(lowerCase(sent.headers()).keySet());
    assertThat(request.headers().values()).isSubsetOf(sent.headers().values());

    var isForm = type(request).equals("application/x-www-form-urlencoded");
    var isJson = type(request).equals("application/json");
    var form = refusal(request, Request::form);
    var json = refusal(request, each -> each.json(ObjectNode.class));
    assertThat(form.isPresent() || isForm).isTrue();
    assertThat(json.isPresent() || isJson).isTrue();
    var query = refusal(request, Request::refuseSecretsInQuery);
    query.ifPresent(_ -> assertThat(form.isPresent() && json.isPresent()).isTrue());
    if (sent.query().matches("(?i)(.*&)?(device_code|code|user_code|token|client_secret)(=.*)?")) {
      assertThat(query).isPresent();
    }
    if (request.header("sec-fetch-site").filter("cross-site"::equals).isPresent()) {
      assertThat(form).isPresent();
    }
  }

  private static String type(Request request) {
    var type = request.header("content-type").orElse("");
    var end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> lowerCase(Map<String, String> headers) {
    var lower = new TreeMap<String, String>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  private static Optional<MalformedRequest> refusal(Request request, Consumer<Request> reading) {
    try {
      reading.accept(request);
      return Optional.empty();
    } catch (MalformedRequest refused) {
      return Optional.of(refused);
    }
  }

  /// The request in an event; empty if the event is refused before that.
  private static Optional<Request> told(ObjectNode event) {
    var listener = new Listener();
    var written = new ByteArrayOutputStream();
    EventSerializer.invoke(
        listener,
        new ByteArrayInputStream(ResponseContract.text(event).getBytes(UTF_8)),
        written,
        Prime.contextOf(LambdaRuntime.getLogger()));
    var answer = written.toString(UTF_8);
    ResponseContract.check("metadata", answer, List.of());
    assertThat(answer.contains("\"statusCode\":200")).isEqualTo(listener.told.isPresent());
    return listener.told;
  }

  private static final class Listener extends ApiHandler {
    private Optional<Request> told = Optional.empty();

    @Override
    Response handle(Request request) {
      told = Optional.of(request);
      return Response.json(200, Map.of());
    }
  }
}
