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
    none.put("SignInScope", "none");
    none.put("SignInAudience", "none");
    none.put("Resource", "none");

    assertThat(SignIn.of(none)).isEqualTo(SignIn.of(ISSUER));
    assertThat(SignIn.of(none).origins()).isEmpty();
    assertThat(SignIn.of(none).audience()).isEmpty();
    assertThat(SignIn.of(none).resource()).isEmpty();
  }

  /// A stage variable cannot hold a space.
  @Test
  void the_scopes_are_separated_by_commas_in_the_stage_and_by_spaces_in_the_request() {
    var stage = new HashMap<>(ISSUER);
    stage.put("SignInScope", "openid,profile,api://keyferry/approve");

    assertThat(SignIn.of(stage).scope()).isEqualTo("openid profile api://keyferry/approve");
  }

  /// The stage of an earlier version, which is in place until an update of the stack reaches it.
  @Test
  void a_stage_that_names_no_scope_asks_for_what_the_page_always_asked_for() {
    assertThat(SignIn.of(ISSUER).scope()).isEqualTo("openid keyferry/approve");
  }
}
