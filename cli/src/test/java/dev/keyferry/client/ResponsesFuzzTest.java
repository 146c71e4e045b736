package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Fuzzes the responses of a server that the command line does not trust. Each response is refused
/// with a printable message, or contains no harmful address, token or text.
final class ResponsesFuzzTest {
  private static final URI ISSUER = URI.create("https://keys.example");
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:03Z");
  private static final int DEEPEST = 32;

  private static final JsonMapper DATABIND =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @FuzzTest
  void a_response_is_refused_in_plain_words_or_harmless(byte[] input) {
    var text = new String(input, UTF_8);
    assertPlain(Text.clean(text, 100));
    assertThat(Text.clean(Text.clean(text, 100), 100)).isEqualTo(Text.clean(text, 100));
    WebAddress.parse(text).ifPresent(ResponsesFuzzTest::assertSafe);
    WebAddress.issuer(text)
        .ifPresent(issuer -> {
          assertSafe(issuer);
          assertThat(WebAddress.issuer(issuer.toString())).contains(issuer);
        });

    var json = attempt(() -> Json.read(text));
    var tree = tree(text);
    json.ifPresent(_ -> assertThat(tree).isPresent());
    if (tree.isPresent() && text.length() <= DEEPEST) {
      assertThat(json).isPresent();
    }
    if (json.isEmpty()) {
      assertThat(attempt(() -> StoredTokens.parse(text))).isEmpty();
      return;
    }
    var answer = json.get();
    attempt(() -> Metadata.read(ISSUER, answer)).ifPresent(ResponsesFuzzTest::assertMetadata);
    attempt(() -> Tokens.read(answer, NOW, "read")).ifPresent(ResponsesFuzzTest::assertTokens);
    for (int status : new int[] {200, 302, 400, 401, 429, 503}) {
      var reply = new Reply(ISSUER, status, HttpHeaders.of(Map.of(), (_, _) -> true), text);
      attempt(() -> Refusal.read(reply))
          .ifPresent(refusal -> {
            assertThat(status).isBetween(400, 499);
            assertPlain(refusal.error());
            assertPlain(refusal.description());
            assertPlain(String.valueOf(refusal.asException().getMessage()));
          });
    }
    attempt(() -> StoredTokens.parse(text))
        .ifPresent(kept ->
            assertThat(attempt(() -> StoredTokens.parse(kept.toSecret()).toSecret()))
                .contains(kept.toSecret()));
    attempt(() -> Pending.parse(text)).ifPresent(ResponsesFuzzTest::assertPending);
  }

  private interface Reading<T> {
    T read() throws LoginException;
  }

  private static <T> Optional<T> attempt(Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (LoginException refused) {
      assertPlain(String.valueOf(refused.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> tree(String text) {
    try {
      return Optional.of(DATABIND.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void assertMetadata(Metadata metadata) {
    assertThat(WebAddress.withoutLastSlash(metadata.issuer().toString()))
        .isEqualTo(ISSUER.toString());
    Stream.of(
            metadata.tokenEndpoint(),
            metadata.deviceAuthorizationEndpoint(),
            metadata.authorizationEndpoint(),
            metadata.revocationEndpoint(),
            metadata.userinfoEndpoint())
        .flatMap(Optional::stream)
        .forEach(endpoint -> {
          assertSafe(endpoint);
          assertThat(endpoint.getScheme()).isEqualTo("https");
        });
    metadata.grantTypes().forEach(ResponsesFuzzTest::assertPlain);
    metadata.scopes().forEach(ResponsesFuzzTest::assertPlain);
  }

  private static void assertTokens(Tokens tokens) {
    assertThat(tokens.accessToken()).matches("[\\x21-\\x7E]+");
    tokens.refreshToken().ifPresent(token -> assertThat(token).matches("[\\x21-\\x7E]+"));
    tokens.expiresAt().ifPresent(at -> assertThat(at).isAfterOrEqualTo(NOW));
    assertPlain(tokens.scope());
    var owner = tokens.owner();
    Stream.of(owner.subject(), owner.name(), owner.email(), owner.organisation())
        .flatMap(Optional::stream)
        .forEach(ResponsesFuzzTest::assertPlain);
    assertThat(tokens.toString()).doesNotContain(tokens.accessToken() + ",");
  }

  private static void assertPending(Pending pending) throws AssertionError {
    assertSafe(pending.verificationUri());
    pending.verificationUriComplete().ifPresent(ResponsesFuzzTest::assertSafe);
    assertThat(attempt(() -> Pending.parse(pending.toSecret()).toSecret()))
        .contains(pending.toSecret());
  }

  /// Checks that the text is one line without anything that a terminal executes.
  private static void assertPlain(String text) {
    assertThat(text.codePoints())
        .noneMatch(each -> Character.isISOControl(each) || each == 0x2028 || each == 0x2029)
        .noneMatch(
            each -> (each >= 0x202A && each <= 0x202E) || (each >= 0x2066 && each <= 0x2069));
  }

  private static void assertSafe(URI uri) {
    assertThat(uri.getRawUserInfo()).isNull();
    assertThat(uri.getHost()).isNotEmpty();
    assertThat(uri.toString()).matches("[\\x21-\\x7E]+");
    assertThat(uri.getScheme()).isIn("https", "http");
    if (uri.getScheme().equals("http")) {
      assertThat(uri.getHost().toLowerCase(java.util.Locale.ROOT))
          .matches("127(\\.[0-9]{1,3}){3}|\\[::1]|localhost");
    }
  }
}
