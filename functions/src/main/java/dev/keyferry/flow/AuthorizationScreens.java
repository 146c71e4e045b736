package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.AUTHORIZATION_CODE;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;
import java.time.Duration;
import java.time.Instant;

/// The consent screens of the browser flow, RFC 6749 §4.1.1. Nothing is stored while a screen is
/// open or when the user denies. A grant begins with its approval.
public final class AuthorizationScreens {
  /// How long a code is valid. The browser goes straight to the client, RFC 6749 §4.1.2.
  public static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

  private final GrantStore grants;
  private final Hasher hasher;
  private final Environment environment;

  public AuthorizationScreens(GrantStore grants, Hasher hasher, Environment environment) {
    this.grants = grants;
    this.hasher = hasher;
    this.environment = environment;
  }

  /// A request on a user's screen, and the nonce that lets this screen decide.
  public record Screen(DeviceRequest request, String approvalNonce) {}

  /// Puts a request on a signed-in user's screen.
  public Screen open(Subject subject, Origin origin, AuthorizationRequest request) {
    var now = environment.now();
    var screen =
        new AuthorizationScreen(ApprovalNonce.draw(environment.random(), now), subject, request);
    var text = screen.write(hasher);
    record(Kind.CLAIMED, screen);
    return new Screen(request.from(origin, now), text);
  }

  /// The code of an approved request, RFC 6749 §4.1.2.
  public record Authorized(AuthorizationRequest request, AuthorizationCode code) {}

  /// Approves the request, or less. A repeated approval of the same on the same screen returns the
  /// same code.
  public Answer<Authorized> approve(Approver approver, String approvalNonce, Consent consent) {
    var now = environment.now();
    return AuthorizationScreen.read(hasher, approver.subject(), approvalNonce, now)
        .map(screen -> approve(approver, screen, consent, now))
        .orElse(new Declined<>(OAuthError.SCREEN_OVER));
  }

  private Answer<Authorized> approve(
      Approver approver, AuthorizationScreen screen, Consent consent, Instant now) {
    var code = AuthorizationCode.of(hasher, screen.nonce());
    var grant = approved(approver, screen, consent, code, now);
    if (!consent.within(grant.request())) {
      return new Declined<>(consent.excessError(grant.request()));
    }
    return switch (grants.create(grant, now)) {
      case Applied(var stored) when !stored.isExpired(now) -> {
        environment.record(Event.of(Kind.APPROVED, stored));
        yield new Given<>(new Authorized(screen.request(), code));
      }
      // The approval was repeated too late, or with another consent.
      case Applied<Grant> _, Refused<Grant> _ -> new Declined<>(OAuthError.SCREEN_OVER);
    };
  }

  private Grant approved(
      Approver approver,
      AuthorizationScreen screen,
      Consent consent,
      AuthorizationCode code,
      Instant now) {
    var locator = code.locator();
    var since = screen.nonce().openedAt();
    var request = screen.request().from(approver.origin(), since);
    var expiresAt = now.plus(CODE_LIFETIME);
    var claim = Claim.of(hasher, approver.subject(), screen.nonce());
    return new Grant(
        locator,
        request,
        hasher.digest(AUTHORIZATION_CODE, code.message(screen.request().redirectUri())),
        hasher.digest(Purpose.SEAL, Seals.message(locator, request, expiresAt)),
        expiresAt,
        Pace.from(now),
        new Approved(
            claim,
            Seals.approval(hasher, locator, claim, consent, approver.profile(), since, false)));
  }

  public Answer<AuthorizationRequest> deny(Subject subject, String approvalNonce) {
    return deny(subject, approvalNonce, Kind.DENIED);
  }

  /// The user denies the request, and reports that someone else wanted it approved.
  public Answer<AuthorizationRequest> report(Subject subject, String approvalNonce) {
    return deny(subject, approvalNonce, Kind.REPORTED);
  }

  private Answer<AuthorizationRequest> deny(Subject subject, String approvalNonce, Kind kind) {
    return AuthorizationScreen.read(hasher, subject, approvalNonce, environment.now())
        .<Answer<AuthorizationRequest>>map(screen -> {
          record(kind, screen);
          return new Given<>(screen.request());
        })
        .orElse(new Declined<>(OAuthError.SCREEN_OVER));
  }

  private void record(Kind kind, AuthorizationScreen screen) {
    var locator = AuthorizationCode.of(hasher, screen.nonce()).locator();
    environment.record(
        Event.of(kind, screen.subject())
            .about(locator)
            .with("client_id", screen.request().clientId()));
  }
}
