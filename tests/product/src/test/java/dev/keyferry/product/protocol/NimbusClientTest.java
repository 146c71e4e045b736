package dev.keyferry.product.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests with an unmodified client: the OAuth 2.0 SDK of Nimbus builds every request and parses
/// every response.
class NimbusClientTest {
  private static final ClientID CLIENT = new ClientID("cli");

  private final OverHttp user = new OverHttp(Shared.stack());
  private final AuthorizationServerMetadata server = discover();

  private static AuthorizationServerMetadata discover() {
    try {
      return AuthorizationServerMetadata.resolve(new Issuer(Shared.stack().url()));
    } catch (com.nimbusds.oauth2.sdk.GeneralException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private DeviceAuthorizationResponse ask(Scope scope, ClientID client)
      throws IOException, ParseException {
    var request =
        new DeviceAuthorizationRequest.Builder(client)
            .endpointURI(server.getDeviceAuthorizationEndpointURI())
            .scope(scope)
            .build();
    return DeviceAuthorizationResponse.parse(heard(request.toHTTPRequest()));
  }

  private DeviceAuthorizationSuccessResponse ask() throws IOException, ParseException {
    return ask(new Scope("read"), CLIENT).toSuccessResponse();
  }

  private TokenResponse poll(DeviceAuthorizationSuccessResponse codes)
      throws IOException, ParseException {
    var grant = new DeviceCodeGrant(codes.getDeviceCode());
    var request = new TokenRequest.Builder(server.getTokenEndpointURI(), CLIENT, grant).build();
    return TokenResponse.parse(heard(request.toHTTPRequest()));
  }

  private static HTTPResponse heard(HTTPRequest request) throws IOException {
    var response = request.send();
    Secrets.answered(
        new Reply(response.getStatusCode(), Map.of(), String.valueOf(response.getBody())));
    return response;
  }

  private static String error(TokenResponse response) {
    return response.toErrorResponse().getErrorObject().getCode();
  }

  @Test
  void logs_in() throws Exception {
    var codes = ask();
    assertThat(codes.getLifetime()).isEqualTo(600);
    assertThat(codes.getInterval()).isEqualTo(5);
    assertThat(error(poll(codes))).isEqualTo("authorization_pending");
    assertThat(error(poll(codes))).isEqualTo("slow_down");
    user.grant("nina", codes.getUserCode().getValue());

    var tokens = poll(codes).toSuccessResponse().getTokens();

    assertThat(tokens.getBearerAccessToken().getScope()).isEqualTo(new Scope("read"));
    assertThat(tokens.getBearerAccessToken().getLifetime()).isEqualTo(86400);
    assertThat(whoami(tokens.getBearerAccessToken())).contains("\"sub\":\"nina\"");
    assertThat(error(poll(codes))).isEqualTo("invalid_grant");
  }

  private static String whoami(BearerAccessToken token) throws IOException {
    var request = new HTTPRequest(HTTPRequest.Method.GET, Shared.stack().url().resolve("/whoami"));
    request.setAuthorization(token.toAuthorizationHeader());
    return heard(request).getBody();
  }

  /// Opens the request as a browser does, and makes the page's requests.
  private AuthorizationResponse opened(AuthorizationRequest request) throws ParseException {
    var parameters = new HashMap<String, String>();
    request.toParameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
    var screen = user.claimLogin("nell", parameters);
    var reply =
        screen.json().has("redirect_to")
            ? screen
            : user.approveLogin("nell", screen.text("approval_nonce"), Map.of());
    return AuthorizationResponse.parse(URI.create(reply.text("redirect_to")));
  }

  private AuthorizationRequest.Builder asks(CodeVerifier verifier) {
    return new AuthorizationRequest.Builder(ResponseType.CODE, CLIENT)
        .endpointURI(server.getAuthorizationEndpointURI())
        .redirectionURI(URI.create(Api.REDIRECT_URI))
        .scope(new Scope("read", "offline_access"))
        .state(new State())
        .codeChallenge(verifier, CodeChallengeMethod.S256);
  }

  @Test
  void logs_in_through_the_browser() throws Exception {
    assertThat(server.supportsAuthorizationResponseIssuerParam()).isTrue();
    assertThat(server.getCodeChallengeMethods()).containsExactly(CodeChallengeMethod.S256);
    assertThat(server.getGrantTypes()).contains(GrantType.AUTHORIZATION_CODE);
    var verifier = new CodeVerifier();
    var request = asks(verifier).build();
    var page = new HTTPRequest(HTTPRequest.Method.GET, request.toURI());
    assertThat(page.send().getStatusCode()).isEqualTo(200);

    var response = opened(request).toSuccessResponse();

    assertThat(response.getState()).isEqualTo(request.getState());
    assertThat(response.getIssuer()).isEqualTo(server.getIssuer());
    var code = response.getAuthorizationCode();
    var grant = new AuthorizationCodeGrant(code, request.getRedirectionURI(), verifier);
    var tokens = redeem(grant).toSuccessResponse().getTokens();
    assertThat(tokens.getBearerAccessToken().getScope())
        .isEqualTo(new Scope("read", "offline_access"));
    assertThat(tokens.getRefreshToken()).isNotNull();
    assertThat(whoami(tokens.getBearerAccessToken())).contains("\"sub\":\"nell\"");
    assertThat(error(redeem(grant))).isEqualTo("invalid_grant");
  }

  private TokenResponse redeem(AuthorizationCodeGrant grant) throws IOException, ParseException {
    var request = new TokenRequest.Builder(server.getTokenEndpointURI(), CLIENT, grant).build();
    return TokenResponse.parse(heard(request.toHTTPRequest()));
  }

  @Test
  void gets_an_error_through_the_browser_for_a_forbidden_request() throws Exception {
    var request = asks(new CodeVerifier()).scope(new Scope("admin")).build();

    var error = opened(request).toErrorResponse();

    assertThat(error.getErrorObject().getCode()).isEqualTo("invalid_scope");
    assertThat(error.getState()).isEqualTo(request.getState());
    assertThat(error.getIssuer()).isEqualTo(server.getIssuer());
  }

  @Test
  void gets_every_refusal_in_the_rfcs_terms() throws Exception {
    var denied = ask();
    var nonce = user.claim("nina", denied.getUserCode().getValue()).text("approval_nonce");
    user.deny("nina", denied.getUserCode().getValue(), nonce);
    assertThat(error(poll(denied))).isEqualTo("access_denied");

    var late = ask();
    Shared.CLOCK.advance(Duration.ofMinutes(10));
    assertThat(error(poll(late))).isEqualTo("expired_token");

    var unknown = ask(new Scope("read"), new ClientID("nobody")).toErrorResponse();
    assertThat(unknown.getErrorObject().getCode()).isEqualTo("invalid_client");
    assertThat(unknown.getErrorObject().getHTTPStatusCode()).isEqualTo(401);
    var greedy = ask(new Scope("admin"), CLIENT).toErrorResponse();
    assertThat(greedy.getErrorObject().getCode()).isEqualTo("invalid_scope");
  }
}
