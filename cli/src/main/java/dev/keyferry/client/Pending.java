package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/// A device login that waits for a person. It holds the device code, so it is kept as tokens are:
/// [#toSecret()] and [#parse(String)] are for a [TokenStore].
///
/// @param userCode cleaned text, for people
/// @param interval between polls, as the server wants it
/// @param idempotencyKey of the next poll, and of its repetitions after a lost answer, also by
/// another process: the server gives the same tokens then
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

  /// However long a server says: nobody waits for longer.
  private static final long LONGEST_LIFE = Duration.ofHours(1).toSeconds();

  /// The answer of RFC 8628 §3.2.
  static Pending read(
      Metadata metadata, LoginRequest request, boolean confirmable, Json answer, Instant now)
      throws LoginException {
    var life = answer.optionalInteger("expires_in").orElse(0L);
    if (life <= 0) {
      throw new BadServer("The server gives a code that has no time to live.");
    }
    var userCode = Text.clean(answer.string("user_code"), LONGEST_USER_CODE);
    if (userCode.isEmpty()) {
      throw new BadServer("The server gives a code that cannot be shown.");
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
        Draw.bits(IDEMPOTENCY_BITS));
  }

  /// After a definite answer: the next poll is another one.
  Pending answered() {
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
        Draw.bits(IDEMPOTENCY_BITS));
  }

  private static URI address(URI issuer, String text) throws LoginException {
    return WebAddress.named(issuer, text)
        .orElseThrow(() ->
            new BadServer(
                "The server sends people to no address to trust: " + Text.clean(text, 200) + "."));
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
      throw new Storage("What was kept of this login is damaged: start a new one.", e);
    }
  }

  @Override
  public String toString() {
    return "Pending[" + issuer + ", " + userCode + ", expiresAt=" + expiresAt + "]";
  }
}
