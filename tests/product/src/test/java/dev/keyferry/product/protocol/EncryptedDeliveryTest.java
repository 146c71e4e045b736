package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.ECKey;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Recipient;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of token responses as JWE, docs/decisions/0010, over HTTP and with the handlers alone.
class EncryptedDeliveryTest {
  private static final Recipient EC = Recipient.ec();
  private static final Recipient RSA = Recipient.rsa();
  private static final Api HTTP = new OverHttp(Shared.stack());

  private final Wire wire = new Wire();
  private final Api handlers = Shared.environments(wire);

  static Stream<Arguments> devices() {
    var handlers = Shared.environments(new Wire());
    return Stream.of(EC, Recipient.ecWithKeyWrap(), RSA)
        .flatMap(device -> Stream.of(Arguments.of(HTTP, device), Arguments.of(handlers, device)));
  }

  private static Reply link(Api api, Recipient device) {
    var codes = api.codes(device.asks(Api.OFFLINE));
    api.grant("eve", codes.userCode());
    return api.poll(codes.deviceCode());
  }

  private static Map<String, String> idempotent() {
    return Map.of("idempotency-key", UUID.randomUUID().toString());
  }

  private static void assertNothingInTheClear(Reply... replies) {
    assertThat(
            Secrets.in(
                Stream.of(replies)
                    .flatMap(reply ->
                        Stream.concat(Stream.of(reply.body()), reply.headers().values().stream()))))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void the_plaintext_is_the_ordinary_response_and_the_nonce(Api api, Recipient device) {
    var answer = link(api, device);
    var inside = device.open(answer);

    assertNothingInTheClear(answer);
    assertThat(answer.headers()).containsEntry("cache-control", "no-store");
    var ordinary = (ObjectNode) api.link("eve").json();
    var same = (ObjectNode) inside.json().deepCopy();
    assertThat(same.remove("nonce").asText()).isEqualTo(Recipient.NONCE);
    for (var token : List.of("access_token", "refresh_token")) {
      same.replace(token, ordinary.get(token));
    }
    assertThat(same.toString()).isEqualTo(ordinary.toString());
    assertThat(api.whoami(inside.text("access_token")).text("sub")).isEqualTo("eve");
  }

  @ParameterizedTest
  @MethodSource("devices")
  void a_repeated_poll_gets_the_same_response_encrypted_again(Api api, Recipient device) {
    var codes = api.codes(device.asks(Api.OFFLINE));
    api.grant("eve", codes.userCode());
    var same = idempotent();

    var one = api.poll(codes.deviceCode(), Map.of(), same);
    var other = api.poll(codes.deviceCode(), Map.of(), same);

    assertThat(device.open(other).body()).isEqualTo(device.open(one).body());
    assertThat(other.body()).isNotEqualTo(one.body());
    assertNothingInTheClear(one, other);
    assertThat(api.poll(codes.deviceCode(), Map.of(), idempotent()).verdict())
        .isEqualTo("400 invalid_grant");
  }

  @ParameterizedTest
  @MethodSource("devices")
  void every_refresh_is_encrypted_to_the_same_key(Api api, Recipient device) {
    var first = device.open(link(api, device));
    var same = idempotent();

    var answer = api.refresh(first.text("refresh_token"), same);
    var repeated = api.refresh(first.text("refresh_token"), same);

    var second = device.open(answer);
    assertThat(device.open(repeated).body()).isEqualTo(second.body());
    assertThat(second.text("nonce")).isEqualTo(Recipient.NONCE);
    assertThat(second.text("access_token")).isNotEqualTo(first.text("access_token"));
    assertThat(api.whoami(second.text("access_token")).text("sub")).isEqualTo("eve");
    var next = api.refresh(second.text("refresh_token"));
    device.open(next);
    assertNothingInTheClear(answer, repeated, next);
  }

  @Test
  void states_the_granted_scope_and_not_the_requested_one() {
    var codes = HTTP.codes(EC.asks(Map.of("client_id", "cli", "scope", "read write")));
    var less =
        Map.of(
            "user_code",
            codes.userCode(),
            "approval_nonce",
            HTTP.claim("eve", codes.userCode()).text("approval_nonce"),
            "scope",
            "read",
            "expires_in",
            600);
    assertThat(HTTP.json("/oauth/device/approve", "eve", less).status()).isEqualTo(200);

    var inside = EC.open(HTTP.poll(codes.deviceCode()));

    assertThat(inside.text("scope")).isEqualTo("read");
    assertThat(inside.json().path("expires_in").asInt()).isEqualTo(600);
    assertThat(inside.json().has("refresh_token")).isFalse();
  }

  @Test
  void errors_stay_readable() {
    var codes = HTTP.codes(EC.asks(Map.of("client_id", "cli")));

    assertThat(HTTP.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");
    assertThat(HTTP.poll(codes.deviceCode()).verdict()).isEqualTo("400 slow_down");
    HTTP.deny("eve", codes.userCode(), HTTP.claim("eve", codes.userCode()).text("approval_nonce"));
    assertThat(HTTP.poll(codes.deviceCode()).verdict()).isEqualTo("400 access_denied");
  }

  @Test
  void a_response_has_no_nonce_if_none_was_requested() {
    var codes = HTTP.codes(Map.of("client_id", "cli", "encryption_jwk", RSA.jwk()));
    HTTP.grant("eve", codes.userCode());

    assertThat(RSA.open(HTTP.poll(codes.deviceCode())).json().has("nonce")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "n", "not a nonce at all ü"})
  void a_nonce_alone_is_an_unknown_parameter(String nonce) {
    var codes = HTTP.codes(Map.of("client_id", "cli", "nonce", nonce, "encryption_jwk", ""));
    HTTP.grant("eve", codes.userCode());

    var answer = HTTP.poll(codes.deviceCode());

    assertThat(answer.text("token_type")).isEqualTo("Bearer");
    assertThat(answer.json().has("nonce")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 128})
  void takes_a_nonce_of_1_to_128_characters(int length) {
    var nonce = "~".repeat(length);
    var request = new LinkedHashMap<>(EC.asks(Map.of("client_id", "cli")));
    request.put("nonce", nonce);
    var codes = HTTP.codes(request);
    HTTP.grant("eve", codes.userCode());

    assertThat(EC.open(HTTP.poll(codes.deviceCode())).text("nonce")).isEqualTo(nonce);
  }

  static Stream<String> badNonces() {
    return Stream.of("n".repeat(129), "a b", "ü", "a\nb", "\u007f", " ");
  }

  @ParameterizedTest
  @MethodSource("badNonces")
  void refuses_any_other_nonce(String nonce) {
    var request = new LinkedHashMap<>(EC.asks(Map.of("client_id", "cli")));
    request.put("nonce", nonce);

    assertThat(HTTP.authorize(request).verdict()).isEqualTo("400 invalid_request");
  }

  static Stream<String> badKeys() {
    return Stream.of(
        "junk",
        "{\"kty\":\"EC\"}",
        "{\"kty\":\"EC\"," + EC.jwk().substring(1),
        EC.jwk().replace("P-256", "P-384"),
        EC.jwk().replace("\"y\"", "\"z\""),
        EC.pair().toJSONString(),
        RSA.pair().toJSONString(),
        RSA.jwk().replace("AQAB", "Aw"),
        "{\"x5c\":\"" + "a".repeat(2048) + "\"," + EC.jwk().substring(1));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void refuses_a_bad_key_without_repeating_any_of_it(String jwk) {
    var before = Secrets.LOG.size();

    var reply = HTTP.authorize(Map.of("client_id", "cli", "encryption_jwk", jwk));

    assertThat(reply.verdict()).isEqualTo("400 invalid_request");
    assertThat(reply.text("error_description")).matches("[a-z0-9A-Z_, -]{10,80}");
    var parts =
        Stream.of(((ECKey) EC.pair()).getD(), ((ECKey) EC.pair()).getX(), "device-", "aaaa");
    assertThat(parts)
        .allSatisfy(part -> {
          assertThat(reply.body()).doesNotContain(part.toString());
          assertThat(Secrets.LOG.stream().skip(before))
              .noneMatch(line -> line.contains(part.toString()));
        });
  }

  @Test
  void refuses_two_keys() {
    var form = Map.of("content-type", "application/x-www-form-urlencoded");
    var body = "client_id=cli&encryption_jwk=a&encryption_jwk=b";

    assertThat(HTTP.call(new Api.Call("POST", "/oauth/device/authorize", "", form, body)).verdict())
        .isEqualTo("400 invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TransactWriteItems", "UpdateItem"})
  void a_lost_response_from_the_store_loses_no_response_to_the_device(String write) {
    var first = RSA.open(link(handlers, RSA));
    var codes = handlers.codes(EC.asks(Api.OFFLINE));
    handlers.grant("eve", codes.userCode());
    wire.follow(
        (_, attempt) -> attempt.operation().equals(write) ? Fate.ANSWER_LOST : Fate.ARRIVES);

    var answer =
        write.equals("UpdateItem")
            ? RSA.open(handlers.refresh(first.text("refresh_token")))
            : EC.open(handlers.poll(codes.deviceCode()));

    wire.follow((_, _) -> Fate.ARRIVES);
    assertThat(handlers.whoami(answer.text("access_token")).status()).isEqualTo(200);
  }

  @Test
  void the_metadata_lists_the_supported_algorithms() {
    var metadata =
        HTTP.call(new Api.Call("GET", "/.well-known/oauth-authorization-server", "", Map.of(), ""))
            .json();

    assertThat(metadata.path("token_encryption_alg_values_supported").valueStream())
        .extracting(value -> value.asText())
        .containsExactly("ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256");
    assertThat(metadata.path("token_encryption_enc_values_supported").valueStream())
        .extracting(value -> value.asText())
        .containsExactly("A256GCM");
  }
}
