package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.Profile;
import dev.keyferry.flow.Subject;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fuzzes the claims of a user's access token that the gateway passes on, which are the input's
/// JSON. A subject is the text or number of its claim, or absent. A profile contains only single
/// lines, unchanged.
final class ClaimsFuzzTest {
  private static final ProfileClaims PROFILE = new ProfileClaims("name", "email", "org_id");
  private static final int LONGEST_SUBJECT = 255;
  private static final int LONGEST_LINE = 256;

  /// Line breaks, control characters, unpaired surrogates, and marks that change the direction of
  /// text.
  private static final String NO_LINE =
      ".*[\\p{Cc}\\p{Cs}\\x{2028}\\x{2029}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}].*";

  @FuzzTest
  void a_subject_and_a_profile_equal_the_claims_or_are_absent(byte[] input) {
    var claims = claims(input);
    if (claims.isEmpty()) {
      return;
    }
    var event = Logins.sample("approve");
    ((ObjectNode) event.at("/requestContext/authorizer/jwt")).set("claims", claims.get());
    var listener = new Listener();
    var answer = new ByteArrayOutputStream();
    EventSerializer.invoke(
        listener,
        new ByteArrayInputStream(ResponseContract.text(event).getBytes(UTF_8)),
        answer,
        Prime.contextOf(LambdaRuntime.getLogger()));

    ResponseContract.check("approve", answer.toString(UTF_8), List.of());
    assertThat(listener.subject.map(Subject::value)).isEqualTo(subject(claims.get()));
    listener.profile.ifPresent(profile -> {
      assertLine(profile.name(), claims.get().path("name"));
      assertLine(profile.email(), claims.get().path("email"));
      assertLine(profile.organisation(), claims.get().path("org_id"));
      assertThat(profile).hasToString("Profile[hidden]");
    });
  }

  /// Claims as API Gateway sends them: each is one text.
  private static Optional<JsonNode> claims(byte[] input) {
    try {
      var claims = ResponseContract.JSON.readTree(new String(input, UTF_8));
      return Optional.of(claims)
          .filter(JsonNode::isObject)
          .filter(object -> object.valueStream().allMatch(JsonNode::isTextual))
          .filter(ResponseContract.JSON.readTree(ResponseContract.text(claims))::equals);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> subject(JsonNode claims) {
    return said(claims.path("sub"))
        .filter(text -> !text.isBlank() && text.length() <= LONGEST_SUBJECT)
        .filter(text -> !text.matches("(?s).*\\p{Cc}.*"))
        .filter(UTF_8.newEncoder()::canEncode);
  }

  private static Optional<String> said(JsonNode claim) {
    return Optional.ofNullable(claim.textValue());
  }

  private static void assertLine(Optional<String> line, JsonNode claim) {
    line.ifPresent(text -> {
      assertThat(said(claim)).contains(text);
      assertThat(text).isNotBlank().doesNotMatch("(?s)" + NO_LINE);
      assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(LONGEST_LINE);
      assertThat(UTF_8.newEncoder().canEncode(text)).isTrue();
    });
  }

  private static final class Listener extends ApiHandler {
    private Optional<Subject> subject = Optional.empty();
    private Optional<Profile> profile = Optional.empty();

    @Override
    Response handle(Request request) {
      profile = Optional.of(PROFILE.read(request));
      subject = Optional.of(request.subject());
      return Response.json(200, Map.of());
    }
  }
}
