package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignInTest {
  private static final Map<String, String> ISSUER =
      Map.of("IssuerUrl", "https://issuer.example", "PageClientId", "page");

  @Test
  void none_is_as_good_as_not_there() {
    var none = new HashMap<>(ISSUER);
    none.put("SignInOrigins", "none");
    none.put("Resource", "none");

    assertThat(SignIn.of(none)).isEqualTo(SignIn.of(ISSUER));
    assertThat(SignIn.of(none).origins()).isEmpty();
    assertThat(SignIn.of(none).resource()).isEmpty();
  }
}
