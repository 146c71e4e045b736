package dev.keyferry.flow;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/// The consent screens of the browser flow, RFC 6749 §4.1.1: opened, and closed by a no. Neither
/// writes: there is no grant before the yes, which is [CodeFlow]'s.
public final class AuthorizationScreens {
  private final Hasher hasher;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;

  public AuthorizationScreens(
      Hasher hasher, InstantSource clock, RandomGenerator random, Audit audit) {
    this.hasher = hasher;
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  /// A request on a user's screen, and the nonce by which this screen decides.
  public record Screen(DeviceRequest request, String approvalNonce) {}

  /// Puts a request on a signed-in user's screen.
  public Screen open(Subject subject, Origin origin, AuthorizationRequest request) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var screen = new AuthorizationScreen(ApprovalNonce.draw(random, now), subject, request);
    var text = screen.write(hasher);
    record(Kind.CLAIMED, screen);
    return new Screen(request.from(origin, now), text);
  }

  /// The user refuses.
  public Answer<AuthorizationRequest> deny(Subject subject, String approvalNonce) {
    return deny(subject, approvalNonce, Kind.DENIED);
  }

  /// The user refuses what somebody else wanted approved.
  public Answer<AuthorizationRequest> report(Subject subject, String approvalNonce) {
    return deny(subject, approvalNonce, Kind.REPORTED);
  }

  private Answer<AuthorizationRequest> deny(Subject subject, String approvalNonce, Kind kind) {
    return AuthorizationScreen.read(hasher, subject, approvalNonce, clock.instant())
        .<Answer<AuthorizationRequest>>map(screen -> {
          record(kind, screen);
          return new Given<>(screen.request());
        })
        .orElse(new Declined<>(OAuthError.SCREEN_OVER));
  }

  private void record(Kind kind, AuthorizationScreen screen) {
    var locator = AuthorizationCode.of(hasher, screen.nonce()).locator();
    audit.record(
        Event.of(kind, screen.subject())
            .about(locator)
            .with("client_id", screen.request().clientId()));
  }
}
