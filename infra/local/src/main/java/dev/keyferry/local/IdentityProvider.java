package dev.keyferry.local;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.TokenRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.OAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;

/// A real OIDC provider that accepts any name. People use the authorization code flow with PKCE and
/// a login page. Scripts use client credentials, and their `client_id` is the subject.
public final class IdentityProvider implements AutoCloseable {
  /// The audience of its access tokens. The page requests it, so it is a URI, RFC 8707 §2.
  public static final String AUDIENCE = "https://keyferry.invalid";

  /// The verification page's client.
  public static final String PAGE = "keyferry-page";

  public static final String ISSUER = "keyferry";

  private final MockOAuth2Server server;

  public IdentityProvider(int port) throws IOException {
    this(port, new AccessTokens());
  }

  /// @param tokens sets the claims of the access tokens
  public IdentityProvider(int port, OAuth2TokenCallback tokens) throws IOException {
    server =
        new MockOAuth2Server(
            new OAuth2Config(
                true,
                loginPage().toString(),
                null,
                false,
                new OAuth2TokenProvider(),
                Set.of(tokens)));
    server.start(Loopback.ADDRESS, port);
  }

  public URI issuer() {
    return Loopback.url(server.url("").port()).resolve("/" + ISSUER);
  }

  /// The server's own page would load a font from the internet.
  private static Path loginPage() throws IOException {
    var page = Files.createTempFile("keyferry-login", ".html");
    page.toFile().deleteOnExit();
    try (var resource = IdentityProvider.class.getResourceAsStream("login.html")) {
      Files.write(page, Objects.requireNonNull(resource).readAllBytes());
    }
    return page;
  }

  /// Access tokens with the requested scope for this API, like those of Cognito or Auth0.
  private static final class AccessTokens extends DefaultOAuth2TokenCallback {
    AccessTokens() {
      super(ISSUER);
    }

    @Override
    public List<String> audience(TokenRequest request) {
      return List.of(AUDIENCE);
    }

    @Override
    public Map<String, Object> addClaims(TokenRequest request) {
      // The server does not pass on the scope of the authorization request. The page always
      // requests this one.
      var isPage =
          request.getAuthorizationGrant().getType().equals(GrantType.AUTHORIZATION_CODE)
              && request.getClientID().getValue().equals(PAGE);
      var asked = request.getScope() == null ? "" : request.getScope().toString();
      var claims = new HashMap<String, Object>();
      claims.put("scope", isPage ? "openid keyferry/approve" : asked);
      if (request.getAuthorizationGrant().getType().equals(GrantType.CLIENT_CREDENTIALS)) {
        claims.putAll(person(subject(request)));
      }
      return claims;
    }

    /// The claims about a subject. When a user signs in on the page, the login page sends them.
    private static Map<String, String> person(String subject) {
      return Map.of(
          "name", subject.substring(0, 1).toUpperCase(Locale.ROOT) + subject.substring(1),
          "email", subject + "@example.com",
          "org_id", "example");
    }
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
