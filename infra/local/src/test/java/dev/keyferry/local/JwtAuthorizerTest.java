package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.keyferry.local.JwtAuthorizer.Verdict;
import dev.keyferry.local.JwtAuthorizer.Verdict.Authorized;
import dev.keyferry.local.JwtAuthorizer.Verdict.Forbidden;
import dev.keyferry.local.JwtAuthorizer.Verdict.Unauthorized;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tests the checks that API Gateway's documentation lists for its JWT authorizer, one by one.
class JwtAuthorizerTest {
  private static final RSAKey KEY = generateKey();
  private static final MockOAuth2Server SERVER =
      new MockOAuth2Server(
          new OAuth2Config(
              false, null, null, false, new OAuth2TokenProvider(new KeyProvider(List.of(KEY)))));

  private static JwtAuthorizer authorizer;

  private final Instant now = InstantSource.system().instant();

  @BeforeAll
  static void start() throws Exception {
    SERVER.start(Loopback.ADDRESS, 0);
    authorizer = new JwtAuthorizer(issuer(), List.of("keyferry"), List.of("keyferry/approve"));
  }

  @AfterAll
  static void stop() {
    SERVER.shutdown();
  }

  private static RSAKey generateKey() {
    try {
      return new RSAKeyGenerator(2048).keyID("keyferry").generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String issuer() {
    return SERVER.issuerUrl("keyferry").toString();
  }

  private static Verdict judge(String token) {
    return authorizer.judge(Optional.of("Bearer " + token));
  }

  /// The claims of a token that passes.
  private Map<String, Object> claims() {
    var claims = new HashMap<String, Object>();
    claims.put("iss", issuer());
    claims.put("sub", "alice");
    claims.put("aud", "keyferry");
    claims.put("scope", "openid keyferry/approve");
    claims.put("iat", now.getEpochSecond());
    claims.put("nbf", now.getEpochSecond());
    claims.put("exp", now.getEpochSecond() + 60);
    return claims;
  }

  private Map<String, Object> with(String claim, Object value) {
    var claims = claims();
    claims.put(claim, value);
    return claims;
  }

  private Map<String, Object> without(String claim) {
    var claims = claims();
    claims.remove(claim);
    return claims;
  }

  private static String token(Map<String, Object> claims) {
    return sign(claims, JWSAlgorithm.RS256, "keyferry", KEY);
  }

  private static String sign(
      Map<String, Object> claims, JWSAlgorithm algorithm, @Nullable String keyId, RSAKey key) {
    try {
      var header = new JWSHeader.Builder(algorithm).keyID(keyId).build();
      var jwt = new SignedJWT(header, JWTClaimsSet.parse(claims));
      jwt.sign(
          algorithm.equals(JWSAlgorithm.HS256)
              ? new MACSigner(key.toRSAPublicKey().getEncoded())
              : new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException | ParseException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_genuine_token_with_the_scope_passes_and_its_claims_come_as_texts() {
    var claims = with("roles", List.of("a", "b"));
    claims.put("groups", List.of("a"));
    var verdict = judge(token(claims));

    assertThat(verdict).isInstanceOf(Authorized.class);
    assertThat(((Authorized) verdict).claims())
        .containsEntry("sub", "alice")
        .containsEntry("aud", "keyferry")
        .containsEntry("roles", "[a b]")
        .containsEntry("groups", "[a]")
        .hasEntrySatisfying("exp", exp -> assertThat(exp).matches("[0-9]+"));
    assertThat(authorizer.judge(Optional.of(token(claims())))).isInstanceOf(Authorized.class);
  }

  @Test
  void a_token_without_the_scope_is_forbidden() {
    assertThat(judge(token(with("scope", "openid")))).isInstanceOf(Forbidden.class);
    assertThat(judge(token(with("scope", "keyferry/approve.not")))).isInstanceOf(Forbidden.class);
    assertThat(judge(token(without("scope")))).isInstanceOf(Forbidden.class);
  }

  @Test
  void the_scope_may_be_in_scp() {
    var claims = without("scope");
    // The form that Okta uses, and then that of Entra ID.
    for (var scp : List.of(List.of("openid", "keyferry/approve"), "openid keyferry/approve")) {
      claims.put("scp", scp);
      assertThat(judge(token(claims))).isInstanceOf(Authorized.class);
    }
    for (var scp : List.of(List.of("openid"), List.of(), "openid", "", "keyferry/approve.not")) {
      claims.put("scp", scp);
      assertThat(judge(token(claims))).isInstanceOf(Forbidden.class);
    }
  }

  @Test
  void a_missing_or_malformed_token_is_unauthorized() {
    assertThat(authorizer.judge(Optional.empty())).isInstanceOf(Unauthorized.class);
    assertThat(authorizer.judge(Optional.of("Basic YTpi"))).isInstanceOf(Unauthorized.class);
    assertThat(judge("nonsense")).isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_token_of_another_issuer_or_for_another_audience_is_unauthorized() {
    assertThat(judge(token(with("iss", issuer() + "/")))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(without("iss")))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(with("aud", "other")))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(without("aud")))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void client_id_counts_as_audience_only_without_one() {
    var cognito = without("aud");
    cognito.put("client_id", "keyferry");
    assertThat(judge(token(cognito))).isInstanceOf(Authorized.class);
    cognito.put("aud", "other");
    assertThat(judge(token(cognito))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void an_expired_token_is_unauthorized_without_leeway() {
    assertThat(judge(token(with("exp", now.getEpochSecond())))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(without("exp")))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_token_from_the_future_is_unauthorized() {
    var later = now.getEpochSecond() + 100;
    assertThat(judge(token(with("nbf", later)))).isInstanceOf(Unauthorized.class);
    assertThat(judge(token(with("iat", later)))).isInstanceOf(Unauthorized.class);
  }

  @Test
  void a_signature_by_any_other_key_or_none_is_unauthorized() throws Exception {
    assertThat(judge(sign(claims(), JWSAlgorithm.RS256, "keyferry", generateKey())))
        .isInstanceOf(Unauthorized.class);
    assertThat(judge(sign(claims(), JWSAlgorithm.HS256, "keyferry", KEY)))
        .isInstanceOf(Unauthorized.class);
    assertThat(judge(sign(claims(), JWSAlgorithm.RS256, null, KEY)))
        .isInstanceOf(Unauthorized.class);
    assertThat(judge(new PlainJWT(JWTClaimsSet.parse(claims())).serialize()))
        .isInstanceOf(Unauthorized.class);
  }
}
