package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrimeTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "AWS_REGION", "eu-central-1",
          "STACK_NAME", "primed",
          "GRANTS_TABLE", "Grants",
          "KEYS_TABLE", "Keys",
          "HASH_KEY", "alias/keyferry",
          "HASH_VERSION", "1",
          "AUTHORIZATIONS_PER_MINUTE", "30");

  @Test
  void priming_runs_authorize_past_the_limit_to_its_end() throws IOException {
    var handler = new AuthorizeHandler(Wiring.withoutAws(SETTINGS));
    try (var sample = PrimeTest.class.getResourceAsStream("prime/authorize.json")) {
      var answer = new ByteArrayOutputStream();

      EventSerializer.invoke(
          handler, Objects.requireNonNull(sample), answer, Prime.contextOf(new NoLog()));

      assertThat(answer.toString(UTF_8)).contains("\"statusCode\":200", "user_code");
    }
  }
}
