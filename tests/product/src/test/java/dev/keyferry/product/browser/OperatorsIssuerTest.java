package dev.keyferry.product.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.TokenRequest;
import dev.keyferry.lambda.Clients;
import dev.keyferry.local.Api;
import dev.keyferry.local.IdentityProvider;
import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.local.Template.Authorization;
import dev.keyferry.local.Template.Route;
import dev.keyferry.product.Shared;
import dev.keyferry.web.Form;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests of a stack with the operator's own issuer. As with Entra ID, the request names a scope by
/// its long name, and the token has its short name in `scp`. See docs/issuers.md.
class OperatorsIssuerTest extends BrowserFixture {
  private static final String SCOPE = "approve";
  private static final String AUDIENCE = "6f1c";

  private static IdentityProvider issuer;
  private static LocalKeyferry stack;
  private static OverHttp keyferry;

  @BeforeAll
  static void startStack() throws IOException {
    issuer = new IdentityProvider(0, new ScpTokens());
    var parameters = new HashMap<>(LocalKeyferry.NO_LIMITS);
    parameters.put("IssuerUrl", issuer.issuer().toString());
    parameters.put("Audience", AUDIENCE);
    parameters.put("PageClientId", "operators-page");
    parameters.put("RequiredScope", SCOPE);
    parameters.put("SignInScope", "openid,profile,api://6f1c/approve");
    parameters.put("SignInAudience", "https://keyferry.example");
    parameters.put("SignInResource", "https://keyferry.example/api");
    stack =
        new LocalKeyferry(
            new Options(
                Shared.ROOT.resolve("template.yaml"),
                parameters,
                Ports.ANY,
                new Place.Memory(),
                Clients.ofArtifact(),
                Shared.CLOCK,
                (_, connection) -> connection,
                Secrets.LOG::add,
                Secrets.LOG::add));
    keyferry = new OverHttp(stack.url(), issuer.issuer());
  }

  @AfterAll
  static void stopStack() {
    stack.close();
    issuer.close();
  }

  private static final class ScpTokens extends DefaultOAuth2TokenCallback {
    ScpTokens() {
      super(IdentityProvider.ISSUER);
    }

    @Override
    public List<String> audience(TokenRequest request) {
      return List.of(AUDIENCE);
    }

    @Override
    public Map<String, Object> addClaims(TokenRequest request) {
      var isPage = request.getAuthorizationGrant().getType().equals(GrantType.AUTHORIZATION_CODE);
      return Map.of("scp", isPage ? SCOPE : String.valueOf(request.getScope()));
    }
  }

  @Test
  void the_page_requests_the_scopes_in_the_parameters_and_a_person_approves() {
    var asked = keyferry.authorize(Map.of("client_id", "cli"));

    person.open(asked.text("verification_uri_complete"));
    person.button("Continue").click();
    assertThat(person.heading("Sign in")).isVisible();
    var request = URI.create(person.page().url());
    assertThat(request.getAuthority()).isEqualTo(issuer.issuer().getAuthority());
    var parameters = Form.parse(request.getRawQuery());
    assertThat(parameters.require("client_id")).isEqualTo("operators-page");
    assertThat(parameters.require("scope")).isEqualTo("openid profile api://6f1c/approve");
    assertThat(parameters.require("audience")).isEqualTo("https://keyferry.example");
    assertThat(parameters.require("resource")).isEqualTo("https://keyferry.example/api");
    person.signIn("alice");
    person.button("Approve").click();
    assertThat(person.heading("Approved")).isVisible();

    var token = keyferry.poll(asked.text("device_code")).text("access_token");
    assertThat(keyferry.whoami(token).text("sub")).isEqualTo("alice");
  }

  static Stream<Route> userRoutes() {
    return stack.template().routes().stream()
        .filter(route -> route.authorization() instanceof Authorization.Jwt);
  }

  @ParameterizedTest
  @MethodSource("userRoutes")
  void a_route_accepts_the_required_scope_and_not_the_default_one(Route route) {
    assertThat(status(keyferry, route, "keyferry/approve")).isEqualTo(403);
    assertThat(status(keyferry, route, "openid")).isEqualTo(403);
    assertThat(status(keyferry, route, "approve.not")).isEqualTo(403);
    assertThat(status(keyferry, route, SCOPE)).isIn(200, 204, 400, 404);
  }

  @ParameterizedTest
  @MethodSource("userRoutes")
  void a_stack_with_the_default_scope_accepts_no_other(Route route) {
    var shared = new OverHttp(Shared.stack());

    assertThat(status(shared, route, SCOPE)).isEqualTo(403);
    assertThat(status(shared, route, "keyferry/approve")).isIn(200, 204, 400, 404);
  }

  @Test
  void a_token_without_the_required_scope_approves_nothing() {
    var codes = keyferry.codes();
    var stranger = keyferry.token("mallory", "openid keyferry/approve");
    var user = keyferry.token("alice", SCOPE);

    var nonce = decide(user, "claim", codes, "").text("approval_nonce");
    assertThat(decide(stranger, "approve", codes, nonce).status()).isEqualTo(403);
    assertThat(keyferry.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");

    assertThat(decide(user, "approve", codes, nonce).status()).isEqualTo(200);
  }

  private static Reply decide(String token, String step, Api.Codes codes, String nonce) {
    var body =
        "{\"user_code\":\"%s\",\"approval_nonce\":\"%s\"}".formatted(codes.userCode(), nonce);
    return keyferry.call(new Api.Call("POST", "/oauth/device/" + step, "", headers(token), body));
  }

  private static int status(OverHttp api, Route route, String scope) {
    var token = api.token("nobody-else", scope);
    var path = route.path().replace("{id}", "Gq3Gq3Gq3Gq3Gq3G");
    return api.call(new Api.Call(route.method(), path, "", headers(token), "{}")).status();
  }

  private static Map<String, String> headers(String token) {
    return Map.of("authorization", "Bearer " + token, "content-type", "application/json");
  }
}
