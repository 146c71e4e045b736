package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.keyferry.local.JwtAuthorizer.Verdict;
import dev.keyferry.local.JwtAuthorizer.Verdict.Authorized;
import dev.keyferry.local.JwtAuthorizer.Verdict.Forbidden;
import dev.keyferry.local.JwtAuthorizer.Verdict.Unauthorized;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What API Gateway's documentation says its JWT authorizer checks, one by one.
class JwtAuthorizerTest {
  private static final MockOAuth2Server SERVER = new MockOAuth2Server();
  private static final Map<String, Object> CLAIMS =
      Map.of("sub", "alice", "aud", "keyferry", "scope", "openid keyferry/approve");

  private final Instant now = InstantSource.system().instant();

  private static JwtAuthorizer authorizer;

  @BeforeAll
  static void start() throws Exception {
    SERVER.start(Loopback.ADDRESS, 0);
    authorizer = new JwtAuthorizer(issuer(), List.of("keyferry"), List.of("keyferry/approve"));
  }

  @AfterAll
  static void stop() {
    SERVER.shutdown();
  }

  private static String issuer() {
    return SERVER.issuerUrl("keyferry").toString();
  }

  private static Verdict judge(String token) {
    return authorizer.judge(Optional.of("Bearer " + token));
  }

  private static String token(Map<String, Object> claims) {
    return token(claims, Duration.ofMinutes(1));
  }

  private static String token(Map<String, Object> claims, Duration life) {
    return SERVER.anyToken(SERVER.issuerUrl("keyferry"), claims, life).serialize();
  }

  private static Map<String, Object> with(String claim, Object value) {
    var claims = new HashMap<>(CLAIMS);
    claims.put(claim, value);
    return claims;
  }

  private static Map<String, Object> without(String claim) {
    var claims = new HashMap<>(CLAIMS);
    claims.remove(claim);
    return claims;
  }

  @Test
  void a_genuine_token_with_the_scope_passes_and_its_claims_come_as_texts() {
    var verdict = judge(token(with("roles", List.of("a", "b"))));

    assertThat(verdict).isInstanceOf(Authorized.class);
    assertThat(((Authorized) verdict).claims())
        .containsEntry("sub", "alice")
        .containsEntry("aud", "keyferry")
        .containsEntry("roles", "[a b]")
        .hasEntrySatisfying("exp", exp -> assertThat(exp).matches("[0-9]+"));
    assertThat(authorizer.judge(Optional.of(token(CLAIMS)))).isInstanceOf(Authorized.class);
  }

  @Test
  void a_token_without_the_scope_is_forbidden() {
    assertThat(judge(token(with("scope", "openid")))).isInstanceOf(Forbidden.class);
    assertThat(judge(token(with("scope", "keyferry/approve.not")))).isInstanceOf(Forbidden.class);
    assertThat(judge(token(without("scope")))).isInstanceOf(Forbidden.class);
  }

  @Test
  void the_scope_may_stand_in_scp() {
    var claims = without("scope");
    claims.put("scp", List.of("keyferry/approve"));
    assertThat(judge(token(claims))).isInstanceOf(Authorized.class);
  }

  @Test
  void no_token_or_something_else_is_unauthorized() {
    assertThat(authorizer.judge(Optional.empty())).isInstanceOf(Unauthorized.class);
    assertThat(authorizer.judge(Optional.of("Basic YTpi"))).isInstanceOf(Unauthorized.class);
    assertThat(judge("nonsense")).isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_token_of_another_issuer_or_for_another_audience_is_unauthorized() {
    var other = SERVER.anyToken(SERVER.issuerUrl("other"), CLAIMS, Duration.ofMinutes(1));
    assertThat(judge(other.serialize())).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(with("aud", "other")))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(without("aud")))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void client_id_counts_as_audience_only_where_there_is_none() {
    var cognito = without("aud");
    cognito.put("client_id", "keyferry");
    assertThat(judge(token(cognito))).isInstanceOf(Authorized.class);
    cognito.put("aud", "other");
    assertThat(judge(token(cognito))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void an_expired_token_is_unauthorized_without_leeway() {
    assertThat(judge(token(CLAIMS, Duration.ofSeconds(-2)))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_token_that_is_not_yet_valid_is_unauthorized() {
    assertThat(judge(token(with("nbf", Date.from(now.plusSeconds(100))))))
        .isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_token_that_was_issued_in_the_future_is_unauthorized() throws Exception {
    var ahead = new OAuth2TokenProvider(new KeyProvider(), now.plusSeconds(100));
    var server = new MockOAuth2Server(new OAuth2Config(false, null, null, false, ahead));
    server.start(Loopback.ADDRESS, 0);
    try {
      var issuer = server.issuerUrl("keyferry");
      var claims = with("nbf", Date.from(now.minusSeconds(1)));
      var token = server.anyToken(issuer, claims, Duration.ofMinutes(5)).serialize();

      var verdict =
          new JwtAuthorizer(issuer.toString(), List.of("keyferry"), List.of())
              .judge(Optional.of(token));

      assertThat(verdict).isInstanceOf(Unauthorized.class);
    } finally {
      server.shutdown();
    }
  }

  @Test
  void a_signature_by_any_other_key_or_none_is_unauthorized() throws JOSEException, ParseException {
    var claims = SignedJWT.parse(token(CLAIMS)).getJWTClaimsSet();
    var own = new RSAKeyGenerator(2048).keyID("keyferry").generate();
    var forged =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("keyferry").build(), claims);
    forged.sign(new RSASSASigner(own));
    assertThat(judge(forged.serialize())).isInstanceOf(Unauthorized.class);

    var symmetric =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("keyferry").build(), claims);
    symmetric.sign(new MACSigner(own.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8)));
    assertThat(judge(symmetric.serialize())).isInstanceOf(Unauthorized.class);

    assertThat(judge(new PlainJWT(claims).serialize())).isInstanceOf(Unauthorized.class);
  }
}
