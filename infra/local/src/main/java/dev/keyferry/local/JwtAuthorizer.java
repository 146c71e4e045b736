package dev.keyferry.local;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An HTTP API's JWT authorizer. It checks the RSA signature with the issuer's key that `kid`
/// names, `iss`, `aud` (or `client_id` if there is no `aud`), `exp`, `nbf`, `iat`, and one of the
/// route's scopes in `scope` or `scp`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
final class JwtAuthorizer {
  private static final Pattern BEARER = Pattern.compile("(?i:bearer )?(\\S+)");

  /// The default time-out is half a second, which is too short for a busy machine.
  private static final DefaultResourceRetriever PATIENT =
      new DefaultResourceRetriever(5_000, 5_000);

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final List<String> audiences;
  private final List<String> scopes;

  JwtAuthorizer(String issuer, List<String> audiences, List<String> scopes) {
    this.audiences = audiences;
    this.scopes = scopes;
    try {
      var keys =
          JWKSourceBuilder.<SecurityContext>create(URI.create(issuer + "/jwks").toURL(), PATIENT)
              .build();
      processor.setJWSKeySelector(
          new JWSVerificationKeySelector<>(
              Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512), keys));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
    var expected = new JWTClaimsSet.Builder().issuer(issuer).build();
    var claims = new DefaultJWTClaimsVerifier<SecurityContext>(expected, Set.of("exp"));
    claims.setMaxClockSkew(0);
    processor.setJWTClaimsSetVerifier(claims);
  }

  sealed interface Verdict {
    /// @param claims as API Gateway passes them to the function: every value is a string
    record Authorized(Map<String, String> claims, List<String> scopes) implements Verdict {}

    record Unauthorized() implements Verdict {}

    /// The token is valid, but lacks the scope.
    record Forbidden() implements Verdict {}
  }

  Verdict judge(Optional<String> authorization) {
    try {
      var token = authorization.map(BEARER::matcher).filter(bearer -> bearer.matches());
      if (token.isEmpty()) {
        return new Verdict.Unauthorized();
      }
      var jwt = SignedJWT.parse(token.get().group(1));
      if (jwt.getHeader().getKeyID() == null) {
        return new Verdict.Unauthorized();
      }
      var claims = processor.process(jwt, null);
      if (!isForUs(claims) || isFromTheFuture(claims)) {
        return new Verdict.Unauthorized();
      }
      var held = scopesOf(claims);
      if (!scopes.isEmpty() && scopes.stream().noneMatch(held::contains)) {
        return new Verdict.Forbidden();
      }
      return new Verdict.Authorized(texts(claims), scopes);
    } catch (ParseException | BadJOSEException e) {
      return new Verdict.Unauthorized();
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot get the issuer's keys", e);
    }
  }

  private boolean isForUs(JWTClaimsSet claims) throws ParseException {
    return claims.getAudience().isEmpty()
        ? Optional.ofNullable(claims.getStringClaim("client_id"))
            .filter(audiences::contains)
            .isPresent()
        : claims.getAudience().stream().anyMatch(audiences::contains);
  }

  private static boolean isFromTheFuture(JWTClaimsSet claims) {
    return claims.getIssueTime() != null
        && claims.getIssueTime().toInstant().isAfter(Instant.now());
  }

  private static List<String> scopesOf(JWTClaimsSet claims) {
    var claim =
        Optional.ofNullable(claims.getClaim("scope"))
            .or(() -> Optional.ofNullable(claims.getClaim("scp")));
    return claim
        .map(scope ->
            scope instanceof Collection<?> several
                ? several.stream().map(Object::toString).toList()
                : Arrays.asList(scope.toString().split(" ", -1)))
        .orElse(List.of());
  }

  private static Map<String, String> texts(JWTClaimsSet claims) {
    var texts = new LinkedHashMap<String, String>();
    claims.getClaims().forEach((name, value) -> texts.put(name, text(value)));
    // The library reads `aud` as a list, even if it is a string in the token.
    if (claims.getAudience().size() == 1) {
      texts.put("aud", claims.getAudience().getFirst());
    }
    return texts;
  }

  private static String text(Object value) {
    return switch (value) {
      case Date time -> Long.toString(time.toInstant().getEpochSecond());
      case Collection<?> several ->
          several.stream().map(Object::toString).collect(Collectors.joining(" ", "[", "]"));
      default -> value.toString();
    };
  }
}
