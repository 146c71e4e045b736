package dev.keyferry.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignInTest {
  private static final Map<String, String> ISSUER =
      Map.of("IssuerUrl", "https://issuer.example", "PageClientId", "page");

  @Test
  void an_empty_setting_counts_as_absent() {
    var none = new HashMap<>(ISSUER);
    none.put("SignInOrigins", "none");
    none.put("SignInScope", "none");
    none.put("SignInAudience", "none");
    none.put("Resource", "none");

    assertThat(SignIn.of(none)).isEqualTo(SignIn.of(ISSUER));
    assertThat(SignIn.of(none).origins()).isEmpty();
    assertThat(SignIn.of(none).audience()).isEmpty();
    assertThat(SignIn.of(none).resource()).isEmpty();
  }

  /// A stage variable cannot contain a space.
  @Test
  void the_scopes_are_separated_by_commas_in_the_stage_and_by_spaces_in_the_request() {
    var stage = new HashMap<>(ISSUER);
    stage.put("SignInScope", "openid,profile,api://keyferry/approve");

    assertThat(SignIn.of(stage).scope()).isEqualTo("openid profile api://keyferry/approve");
  }

  /// The stage of an earlier version, which stays in place until an update of the stack changes it.
  @Test
  void a_stage_without_a_scope_requests_the_default_scopes() {
    assertThat(SignIn.of(ISSUER).scope()).isEqualTo("openid keyferry/approve");
  }
}
