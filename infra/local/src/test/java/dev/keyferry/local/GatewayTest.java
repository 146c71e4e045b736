package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Tests of the gateway in front of the handlers: which requests it passes to which handler, and
/// which it answers itself.
class GatewayTest {
  private static final LocalKeyferry STACK = start();

  private final OverHttp api = new OverHttp(STACK);

  private static LocalKeyferry start() {
    var template = Path.of("../../template.yaml");
    try {
      return new LocalKeyferry(
          Options.of(template, LocalKeyferry.NO_LIMITS, Ports.ANY, new Place.Memory()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void stop() {
    STACK.close();
  }

  private Reply claim(Map<String, String> headers) {
    return api.call(new Api.Call("POST", "/oauth/device/claim", "", headers, "{}"));
  }

  private Reply get(String path) {
    return api.call(new Api.Call("GET", path, "", Map.of(), ""));
  }

  @Test
  void an_unknown_route_is_not_found() {
    assertThat(get("/nothing").status()).isEqualTo(404);
    assertThat(get("/oauth/token").body()).isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(get("/device/none/").status()).isEqualTo(404);
    assertThat(get("/device/none.js").status()).isEqualTo(404);
    assertThat(get("/device/device").status()).isEqualTo(404);
    assertThat(get("/device/..%2fdevice.js").status()).isEqualTo(404);
    var head = api.call(new Api.Call("HEAD", "/nothing", "", Map.of(), ""));
    assertThat(head.status()).isEqualTo(404);
  }

  /// As in API Gateway, a greedy route gets only what no other route matches.
  @Test
  void the_most_specific_route_gets_the_request() {
    assertThat(get("/device").headers()).containsEntry("content-type", "text/html; charset=utf-8");
    assertThat(get("/device/linked").status()).isEqualTo(200);
    assertThat(get("/device/").status()).isEqualTo(302);
    assertThat(get("/device/linked/").status()).isEqualTo(302);
  }

  @Test
  void a_user_route_requires_a_token_before_its_handler_sees_the_request() {
    assertThat(claim(Map.of()).body()).isEqualTo("{\"message\":\"Unauthorized\"}");
    assertThat(claim(Map.of("authorization", "Bearer x.y.z")).status()).isEqualTo(401);
  }

  @Test
  void a_user_route_is_forbidden_without_its_scope() {
    var token = api.token("alice", "openid");
    assertThat(claim(Map.of("authorization", "Bearer " + token)).body())
        .isEqualTo("{\"message\":\"Forbidden\"}");
  }

  @Test
  void a_user_route_passes_the_subject_on() {
    var codes = api.codes();
    api.grant("frida", codes.userCode());
    var token = api.poll(codes.deviceCode()).text("access_token");
    assertThat(api.whoami(token).text("sub")).isEqualTo("frida");
  }

  @Test
  void a_body_that_is_not_utf_8_is_an_invalid_request() {
    var headers =
        Map.of(
            "content-type", "application/json", "authorization", "Bearer " + api.tokenOf("alice"));
    var reply = api.sendBytes("/oauth/device/claim", headers, new byte[] {'{', (byte) 0xFF, '}'});
    assertThat(reply.verdict()).isEqualTo("400 invalid_request");
  }

  private static final String INVOKE = "/2015-03-31/functions/SubjectFunction/invocations";

  private Reply invoke(String path, String authorization, String event) {
    var headers = Map.of("authorization", authorization);
    return api.call(new Api.Call("POST", path, "", headers, event));
  }

  private Reply invoke(String event) {
    return invoke(INVOKE, "AWS4-HMAC-SHA256 Credential=any", event);
  }

  @Test
  void a_function_without_a_route_is_invoked_as_on_lambda() {
    var disabled = invoke("{\"action\":\"disable\",\"subject\":\"invoked\"}");
    assertThat(disabled.text("status")).isEqualTo("disabled");
    assertThat(disabled.headers()).doesNotContainKey("x-amz-function-error");

    var failed = invoke("{\"action\":\"explode\",\"subject\":\"invoked\"}");
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.headers()).containsEntry("x-amz-function-error", "Unhandled");
    assertThat(failed.text("errorType")).isEqualTo("java.lang.IllegalArgumentException");
    assertThat(failed.text("errorMessage")).contains("sign_out");
    assertThat(invoke("{").status()).isEqualTo(400);
    assertThat(invoke("").status()).isEqualTo(400);
  }

  /// A web page may not send such a header to another origin without a preflight request, which
  /// this response does not permit.
  @Test
  void a_function_is_not_invoked_without_a_signature_header_or_around_its_route() {
    var event = "{\"action\":\"disable\",\"subject\":\"uninvoked\"}";
    assertThat(api.call(new Api.Call("POST", INVOKE, "", Map.of(), event)).status()).isEqualTo(403);
    assertThat(invoke(INVOKE, "Bearer of-no-signature", event).status()).isEqualTo(403);
    assertThat(invoke(event.replace("disable", "enable")).text("changed")).isEqualTo("false");

    var signed = "AWS4-HMAC-SHA256 Credential=any";
    var routed = INVOKE.replace("Subject", "SignOut");
    assertThat(invoke(routed, signed, event).status()).isEqualTo(404);
    var headers = Map.of("origin", "https://evil.example");
    var preflight = api.call(new Api.Call("OPTIONS", INVOKE, "", headers, ""));
    assertThat(preflight.status()).isEqualTo(403);
    assertThat(preflight.headers()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void a_body_of_more_than_ten_megabytes_is_too_large_for_the_gateway() {
    var form = Map.of("content-type", "application/x-www-form-urlencoded");
    var body = "a=" + "x".repeat(10 * 1024 * 1024);
    var call = new Api.Call("POST", "/oauth/token", "", form, body);
    assertThat(api.call(call).status()).isEqualTo(413);
  }
}
