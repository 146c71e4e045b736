package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/// A device login that waits for approval. It contains the device code, so it is stored like
/// tokens: [#toSecret()] and [#parse(String)] are for a [TokenStore].
///
/// @param userCode cleaned text, for people
/// @param interval the server's interval between polls
/// @param idempotencyKey for the next poll and its repetitions after a lost response, even by
/// another process. The server then returns the same tokens
public record Pending(
    URI issuer,
    String clientId,
    String scope,
    String deviceCode,
    String userCode,
    URI verificationUri,
    Optional<URI> verificationUriComplete,
    Duration interval,
    Instant expiresAt,
    boolean confirmable,
    String idempotencyKey) {
  private static final int IDEMPOTENCY_BITS = 128;
  private static final int LONGEST_USER_CODE = 64;

  /// The longest wait, even if a server allows more.
  private static final long LONGEST_LIFE = Duration.ofHours(1).toSeconds();

  /// Reads the response of RFC 8628 §3.2.
  static Pending read(
      Metadata metadata, LoginRequest request, boolean confirmable, Json answer, Instant now)
      throws LoginException {
    var life = answer.optionalInteger("expires_in").orElse(0L);
    if (life <= 0) {
      throw new BadServer("The server issued a code that has no lifetime.");
    }
    var userCode = Text.clean(answer.string("user_code"), LONGEST_USER_CODE);
    if (userCode.isEmpty()) {
      throw new BadServer("The server issued a code that cannot be displayed.");
    }
    var complete = answer.optionalString("verification_uri_complete");
    return new Pending(
        metadata.issuer(),
        request.clientId(),
        request.scope(),
        Tokens.token(answer.string("device_code")),
        userCode,
        address(metadata.issuer(), answer.string("verification_uri")),
        complete.isEmpty()
            ? Optional.empty()
            : Optional.of(address(metadata.issuer(), complete.get())),
        Pace.interval(answer).orElse(Pace.DEFAULT),
        now.plusSeconds(Math.min(life, LONGEST_LIFE)),
        confirmable,
        Base64Url.random(IDEMPOTENCY_BITS));
  }

  /// After a definite response, the next poll has a new `Idempotency-Key`.
  Pending withNewIdempotencyKey() {
    return new Pending(
        issuer,
        clientId,
        scope,
        deviceCode,
        userCode,
        verificationUri,
        verificationUriComplete,
        interval,
        expiresAt,
        confirmable,
        Base64Url.random(IDEMPOTENCY_BITS));
  }

  private static URI address(URI issuer, String text) throws LoginException {
    return WebAddress.named(issuer, text)
        .orElseThrow(() ->
            new BadServer(
                "The server's verification address is not safe: " + Text.clean(text, 200) + "."));
  }

  public String toSecret() {
    var members = new LinkedHashMap<String, Object>();
    members.put("issuer", issuer);
    members.put("client_id", clientId);
    members.put("scope", scope);
    members.put("device_code", deviceCode);
    members.put("user_code", userCode);
    members.put("verification_uri", verificationUri);
    members.put("verification_uri_complete", verificationUriComplete);
    members.put("interval", interval.toSeconds());
    members.put("expires_at", expiresAt.getEpochSecond());
    members.put("confirmable", confirmable);
    members.put("idempotency_key", idempotencyKey);
    return Json.write(members);
  }

  /// @throws LoginException.Storage if it was not written by [#toSecret()]
  public static Pending parse(String secret) throws LoginException {
    try {
      var json = Json.read(secret);
      var issuer = URI.create(json.string("issuer"));
      var complete = json.optionalString("verification_uri_complete");
      return new Pending(
          issuer,
          json.string("client_id"),
          json.optionalString("scope").orElse(""),
          Tokens.token(json.string("device_code")),
          json.string("user_code"),
          address(issuer, json.string("verification_uri")),
          complete.isEmpty() ? Optional.empty() : Optional.of(address(issuer, complete.get())),
          Pace.interval(json).orElse(Pace.DEFAULT),
          json.optionalTime("expires_at").orElse(Instant.EPOCH),
          json.flag("confirmable"),
          Tokens.token(json.string("idempotency_key")));
    } catch (BadServer | IllegalArgumentException e) {
      throw new Storage("The stored login is damaged. Start a new one.", e);
    }
  }

  @Override
  public String toString() {
    return "Pending[" + issuer + ", " + userCode + ", expiresAt=" + expiresAt + "]";
  }
}
