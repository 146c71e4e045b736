package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;

/// Tokens in the form that a store keeps. They name their server and client, so that an edited
/// profile cannot send them elsewhere.
///
/// @param secret a random value per set of tokens. The `Idempotency-Key` of the refresh is derived
/// from it, so that the refresh token alone is not enough to repeat a refresh
record StoredTokens(URI issuer, String clientId, Tokens tokens, String secret) {
  private static final int SECRET_BITS = 128;

  static StoredTokens of(URI issuer, String clientId, Tokens tokens) {
    return new StoredTokens(issuer, clientId, tokens, Base64Url.random(SECRET_BITS));
  }

  /// The same key for every process, so that a refresh can be repeated after its process was
  /// killed.
  String idempotencyKey(String refreshToken) {
    return Base64Url.sha256("keyferry refresh " + secret + " " + refreshToken).substring(0, 22);
  }

  @Override
  public String toString() {
    return "StoredTokens[" + issuer + ", " + clientId + ", " + tokens + "]";
  }

  String toSecret() {
    var members = new LinkedHashMap<String, Object>();
    members.put("issuer", issuer);
    members.put("client_id", clientId);
    members.put("access_token", tokens.accessToken());
    members.put("expires_at", tokens.expiresAt().map(Instant::getEpochSecond));
    members.put("scope", tokens.scope());
    members.put("refresh_token", tokens.refreshToken());
    members.put("refresh_secret", secret);
    members.put("sub", tokens.owner().subject());
    members.put("name", tokens.owner().name());
    members.put("email", tokens.owner().email());
    members.put("organisation", tokens.owner().organisation());
    return Json.write(members);
  }

  static StoredTokens parse(String secret) throws LoginException {
    try {
      var json = Json.read(secret);
      var refreshToken = json.optionalString("refresh_token");
      return new StoredTokens(
          URI.create(json.string("issuer")),
          json.optionalString("client_id").orElse(""),
          new Tokens(
              Tokens.token(json.string("access_token")),
              Tokens.BEARER,
              json.optionalTime("expires_at"),
              json.optionalString("scope").orElse(""),
              refreshToken,
              Owner.read(json)),
          json.optionalString("refresh_secret").orElse(""));
    } catch (BadServer | IllegalArgumentException e) {
      throw new Storage("The stored login is damaged. Log in again.", e);
    }
  }
}
