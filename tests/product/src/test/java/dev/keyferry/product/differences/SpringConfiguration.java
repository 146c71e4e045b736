package dev.keyferry.product.differences;

import dev.keyferry.local.Api;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2DeviceCode;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.web.SecurityFilterChain;

/// Spring Authorization Server with the clients and paths of the tests' Keyferry, opaque tokens and
/// rotating refresh tokens. Everything else has its default.
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SpringConfiguration {
  @Bean
  SecurityFilterChain chain(HttpSecurity http, RegisteredClientRepository clients) {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server
                  .deviceAuthorizationEndpoint(Customizer.withDefaults())
                  .deviceVerificationEndpoint(Customizer.withDefaults())
                  .clientAuthentication(client ->
                      client
                          .authenticationConverter(SpringConfiguration::publicClient)
                          .authenticationProvider(new PublicClients(clients)));
            })
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .httpBasic(Customizer.withDefaults())
        .build();
  }

  @Bean
  AuthorizationServerSettings settings() {
    return AuthorizationServerSettings.builder()
        .deviceAuthorizationEndpoint("/oauth/device/authorize")
        .tokenEndpoint("/oauth/token")
        .tokenRevocationEndpoint("/oauth/revoke")
        .tokenIntrospectionEndpoint("/oauth/introspect")
        .build();
  }

  /// As fast as possible, because nothing here needs protection.
  @Bean
  PasswordEncoder passwords() {
    return new BCryptPasswordEncoder(4);
  }

  /// Accepts any user name with the password `any`.
  @Bean
  UserDetailsService users(PasswordEncoder passwords) {
    return name -> User.withUsername(name).password(passwords.encode("any")).build();
  }

  @Bean
  OAuth2AuthorizationService authorizations() {
    return new InMemoryOAuth2AuthorizationService();
  }

  @Bean
  RegisteredClientRepository clients(PasswordEncoder passwords) {
    return new InMemoryRegisteredClientRepository(
        device("cli")
            .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
            .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
            .scopes(scopes -> scopes.addAll(Set.of("read", "write", "offline_access")))
            .build(),
        device("demo")
            .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
            .scope("read")
            .build(),
        device("refresher")
            .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
            .scopes(scopes -> scopes.addAll(Set.of("read", "offline_access")))
            .build(),
        api("reports-api", passwords),
        api("nosy-api", passwords));
  }

  private static RegisteredClient.Builder device(String id) {
    return RegisteredClient.withId(id)
        .clientId(id)
        .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
        .tokenSettings(
            TokenSettings.builder()
                .accessTokenFormat(OAuth2TokenFormat.REFERENCE)
                .reuseRefreshTokens(false)
                .build());
  }

  private static RegisteredClient api(String id, PasswordEncoder passwords) {
    return RegisteredClient.withId(id)
        .clientId(id)
        .clientSecret(passwords.encode(Api.API_SECRET))
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .build();
  }

  /// A public client by the `client_id` in the form, as in RFC 8628 §3.1. By default, Spring
  /// recognizes public clients only by their PKCE parameters, and leaves others to the application.
  private static @Nullable Authentication publicClient(HttpServletRequest request) {
    if (request.getHeader("authorization") != null
        || request.getParameter("client_secret") != null
        || request.getRequestURI().equals("/oauth/introspect")) {
      return null;
    }
    var query = Optional.ofNullable(request.getQueryString()).orElse("");
    var ids = request.getParameterValues("client_id");
    if (ids == null || ids.length != 1 || ids[0].isEmpty() || query.contains("client_id=")) {
      throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
    }
    return new PublicClient(ids[0]);
  }

  private static final class PublicClient extends OAuth2ClientAuthenticationToken {
    private static final long serialVersionUID = 1L;

    PublicClient(String id) {
      super(id, ClientAuthenticationMethod.NONE, null, Map.of());
    }
  }

  private record PublicClients(RegisteredClientRepository clients)
      implements AuthenticationProvider {
    @Override
    public Authentication authenticate(Authentication authentication) {
      var client = clients.findByClientId(authentication.getName());
      if (client == null
          || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
        throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
      }
      return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }

    @Override
    public boolean supports(Class<?> authentication) {
      return PublicClient.class.isAssignableFrom(authentication);
    }
  }

  /// Moves the lifetime of a stored code or token into the past.
  static void expire(OAuth2AuthorizationService authorizations, String credential) {
    var stored = Objects.requireNonNull(authorizations.findByToken(credential, null));
    var token = Objects.requireNonNull(stored.getToken(credential)).getToken();
    var until = Instant.now().minusSeconds(1);
    var since = until.minus(Duration.ofMinutes(5));
    var changed = OAuth2Authorization.from(stored);
    switch (token) {
      case OAuth2DeviceCode _ -> changed.token(new OAuth2DeviceCode(credential, since, until));
      case OAuth2RefreshToken _ -> changed.token(new OAuth2RefreshToken(credential, since, until));
      case OAuth2AccessToken access ->
          changed.token(
              new OAuth2AccessToken(
                  access.getTokenType(), credential, since, until, access.getScopes()));
      default -> throw new AssertionError("cannot expire " + token.getClass());
    }
    authorizations.save(changed.build());
  }
}
