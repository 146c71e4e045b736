package dev.keyferry.flow;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// A refusal in the protocol's terms: `error` and `error_description`, RFC 6749 §5.2 and
/// RFC 8628 §3.5. The description is fixed public text, and never comes from an exception.
///
/// @param pause how long to wait before the next try, if the answer says so; with [Code#SLOW_DOWN],
/// the interval between polls from now on
public record OAuthError(Code code, String description, Optional<Duration> pause) {
  /// A poll's interval, so that the next one is not early even if the failed one was counted.
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(5);

  /// The registered codes, those of docs/number-matching.md, and two codes of the user routes.
  public enum Code {
    INVALID_REQUEST,
    INVALID_CLIENT,
    INVALID_GRANT,
    UNAUTHORIZED_CLIENT,
    UNSUPPORTED_GRANT_TYPE,
    UNSUPPORTED_RESPONSE_TYPE,
    INVALID_SCOPE,
    AUTHORIZATION_PENDING,
    SLOW_DOWN,
    ACCESS_DENIED,
    EXPIRED_TOKEN,
    /// Approved, but the device must name the number that the approving page shows.
    CONFIRMATION_REQUIRED,
    /// The claimant must first confirm that they read the warning.
    ACKNOWLEDGEMENT_REQUIRED,
    /// The user code does not wait for a decision. The answer does not say why.
    INVALID_USER_CODE,
    /// Too many requests. The answer says `slow_down`, but a device that polls never gets this
    /// code.
    OVER_LIMIT,
    /// The user has no such key.
    NOT_FOUND,
    /// An outage. The client can repeat the request.
    TEMPORARILY_UNAVAILABLE;

    /// The code on the wire.
    public String value() {
      return (this == OVER_LIMIT ? SLOW_DOWN : this).name().toLowerCase(Locale.ROOT);
    }
  }

  public static final OAuthError AUTHORIZATION_PENDING =
      of(Code.AUTHORIZATION_PENDING, "the user has not decided yet");
  public static final OAuthError ACCESS_DENIED = of(Code.ACCESS_DENIED, "the request was denied");
  public static final OAuthError USER_GONE =
      of(Code.ACCESS_DENIED, "the user has signed out or has been disabled");
  public static final OAuthError SCOPE_GONE =
      of(Code.ACCESS_DENIED, "the client may no longer have any scope that the user approved");
  public static final OAuthError EXPIRED_TOKEN =
      of(Code.EXPIRED_TOKEN, "the device code has expired; start again");
  public static final OAuthError CONFIRMATION_REQUIRED =
      of(Code.CONFIRMATION_REQUIRED, "enter the number that the verification page shows");
  public static final OAuthError ACKNOWLEDGEMENT_REQUIRED =
      of(
          Code.ACKNOWLEDGEMENT_REQUIRED,
          "the request came from another network; the user must acknowledge the warning");
  public static final OAuthError INVALID_GRANT =
      of(
          Code.INVALID_GRANT,
          "the device code is unknown, already used, or issued to another client");
  public static final OAuthError INVALID_CODE =
      of(
          Code.INVALID_GRANT,
          "the authorization code is unknown, expired, already used, or issued to another client");
  public static final OAuthError SCREEN_OVER =
      of(Code.EXPIRED_TOKEN, "this approval screen has expired; start again");
  public static final OAuthError INVALID_REFRESH_TOKEN =
      of(Code.INVALID_GRANT, "the refresh token is unknown, expired, revoked, or already used");
  public static final OAuthError INVALID_USER_CODE =
      of(
          Code.INVALID_USER_CODE,
          "the user code is unknown, expired, or already approved or denied");
  public static final OAuthError NOT_FOUND = of(Code.NOT_FOUND, "you have no key with this ID");
  public static final OAuthError TEMPORARILY_UNAVAILABLE =
      new OAuthError(
          Code.TEMPORARILY_UNAVAILABLE,
          "the service is temporarily unavailable; repeat the request",
          Optional.of(OUTAGE_PAUSE));
  public static final OAuthError OUTCOME_UNKNOWN =
      new OAuthError(
          Code.TEMPORARILY_UNAVAILABLE,
          "the outcome is unknown; repeat the request with the same Idempotency-Key",
          Optional.of(OUTAGE_PAUSE));

  public static OAuthError of(Code code, String description) {
    return new OAuthError(code, description, Optional.empty());
  }

  public static OAuthError invalidRequest(String description) {
    return of(Code.INVALID_REQUEST, description);
  }

  public static OAuthError invalidClient(String description) {
    return of(Code.INVALID_CLIENT, description);
  }

  public static OAuthError unauthorizedClient(String description) {
    return of(Code.UNAUTHORIZED_CLIENT, description);
  }

  public static OAuthError invalidScope(String description) {
    return of(Code.INVALID_SCOPE, description);
  }

  static OAuthError slowDown(Duration interval) {
    return new OAuthError(
        Code.SLOW_DOWN,
        "the poll came too early; wait for the interval between polls",
        Optional.of(interval));
  }

  static OAuthError overLimit(Duration pause) {
    return new OAuthError(
        Code.OVER_LIMIT, "too many requests; try again later", Optional.of(pause));
  }
}
