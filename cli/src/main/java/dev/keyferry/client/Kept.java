package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;

/// Tokens as a store keeps them: with the server and the client whose they are, so that an edited
/// profile cannot send them elsewhere.
///
/// @param secret drawn anew with the tokens; the refresh's `Idempotency-Key` is made of it, so that
/// who has the refresh token alone cannot ask for an answer again
record Kept(URI issuer, String clientId, Tokens tokens, String secret) {
  private static final int SECRET_BITS = 128;

  static Kept of(URI issuer, String clientId, Tokens tokens) {
    return new Kept(issuer, clientId, tokens, Draw.bits(SECRET_BITS));
  }

  /// The same for whoever comes after a process that was killed before it had stored its answer.
  String idempotencyKey(String refreshToken) {
    return Draw.sha256("keyferry refresh " + secret + " " + refreshToken).substring(0, 22);
  }

  @Override
  public String toString() {
    return "Kept[" + issuer + ", " + clientId + ", " + tokens + "]";
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

  static Kept parse(String secret) throws LoginException {
    try {
      var json = Json.read(secret);
      var refreshToken = json.optionalString("refresh_token");
      return new Kept(
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
      throw new Storage("What is kept of this login is damaged: log in again.", e);
    }
  }
}
