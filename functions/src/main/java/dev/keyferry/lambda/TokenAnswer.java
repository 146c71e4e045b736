package dev.keyferry.lambda;

import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Delivery;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.jose.Jwe;
import dev.keyferry.web.Response;
import dev.keyferry.web.StrictJson;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The token endpoint's answer with a key, RFC 6749 §5.1, either plain or in a JWE.
final class TokenAnswer {
  private TokenAnswer() {}

  static Response of(IssuedKey issued) {
    return Response.json(
            200,
            issued
                .jwe()
                .<Map<String, ?>>map(jwe -> Map.of("token_type", "JWE", "payload", jwe))
                .orElseGet(() -> body(issued)))
        .with("pragma", "no-cache");
  }

  static String encrypt(Delivery delivery, IssuedKey issued) {
    var body = new HashMap<String, Object>(body(issued));
    body.put("nonce", delivery.nonce());
    return Jwe.encrypt(delivery.jwk(), StrictJson.write(body));
  }

  /// `expires_in` is the access token's whole lifetime, so that a repeated answer is the same to
  /// the byte.
  private static Map<String, ?> body(IssuedKey issued) {
    var key = issued.key();
    return Map.of(
        "access_token", issued.accessToken().reveal(),
        "token_type", "Bearer",
        "expires_in", Duration.between(key.generation().issuedAt(), key.expiresAt()).toSeconds(),
        "refresh_token", issued.refreshToken().map(RefreshToken::reveal),
        "scope", key.terms().scope().toString(),
        "sub", key.terms().subject().value(),
        "name", key.terms().profile().name(),
        "email", key.terms().profile().email(),
        "organisation", key.terms().profile().organisation());
  }
}
