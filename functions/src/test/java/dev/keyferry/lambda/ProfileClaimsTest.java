package dev.keyferry.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Profile;
import dev.keyferry.web.Request;
import dev.keyferry.web.SignIn;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfileClaimsTest {
  private static final ProfileClaims DEFAULTS = new ProfileClaims("name", "email", "org_id");

  private static Profile read(ProfileClaims claims, Map<String, String> token) {
    return claims.read(
        new Request(
            Optional.empty(),
            URI.create("https://keys.example"),
            SignIn.of(Map.of("IssuerUrl", "https://issuer.example", "PageClientId", "page")),
            "/oauth/device/approve",
            "",
            Map.of(),
            "",
            Origin.parse("192.0.2.7"),
            token));
  }

  private static Optional<String> name(String text) {
    return read(DEFAULTS, Map.of("name", text)).name();
  }

  @Test
  void each_comes_from_the_claim_that_the_operator_chose() {
    var claims = new ProfileClaims("custom:nick", "https://acme.example/mail", "tid");
    var token =
        Map.of(
            "name",
            "Ada",
            "custom:nick",
            "ada",
            "https://acme.example/mail",
            "a@b.example",
            "tid",
            "7f");

    assertThat(read(claims, token))
        .isEqualTo(new Profile(Optional.of("ada"), Optional.of("a@b.example"), Optional.of("7f")));
  }

  @Test
  void a_claim_that_the_operator_turned_off_is_not_stored() {
    var token = Map.of("name", "Ada", "email", "ada@example.com", "org_id", "engines");

    assertThat(read(new ProfileClaims("", "", ""), token)).isEqualTo(Profile.NONE);
    assertThat(read(new ProfileClaims("", "email", ""), token))
        .isEqualTo(new Profile(Optional.empty(), Optional.of("ada@example.com"), Optional.empty()));
  }

  @Test
  void a_missing_claim_is_left_out_and_the_others_are_stored() {
    assertThat(read(DEFAULTS, Map.of())).isEqualTo(Profile.NONE);
    assertThat(read(DEFAULTS, Map.of("name", "", "email", "two\nlines", "org_id", "engines")))
        .isEqualTo(new Profile(Optional.empty(), Optional.empty(), Optional.of("engines")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada Lövelace",
        "李小龍",
        "نرگس\u200Cخاتون",
        "עדה\u200F!",
        "👩\u200D💻 Ada",
        "<script>alert(1)</script>",
        "\"},\"sub\":\"eve",
        "[Ada",
        "Ada [she]",
        "map"
      })
  void a_line_of_text_is_kept_as_it_is(String text) {
    assertThat(name(text)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "\u200B\u2060",
        "Ada\nEve",
        "Ada\r",
        "Ada\t",
        "Ada\0",
        "Ada\u001B[2J",
        "Ada\u007F",
        "Ada\u0085Eve",
        "Ada\u2028Eve",
        "Ada\u2029Eve",
        "\u202AAda",
        "\u202BAda",
        "\u202CAda",
        "\u202DAda",
        "\u202EadA",
        "\u2066Ada",
        "\u2067Ada",
        "\u2068Ada",
        "\u2069Ada",
        "Ada \uD83D",
        "\uDCBB Ada",
        "[]",
        "[ada]",
        "[ada eve]",
        "map[acme:map[id:7]]"
      })
  void anything_else_is_left_out(String text) {
    assertThat(name(text)).isEmpty();
  }

  @Test
  void a_line_has_at_most_256_characters() {
    assertThat(name("😀".repeat(256))).isPresent();
    assertThat(name("😀".repeat(256) + "x")).isEmpty();
    assertThat(name("x".repeat(257))).isEmpty();
  }
}
