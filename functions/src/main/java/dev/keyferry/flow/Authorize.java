package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.DEVICE_CODE;

import dev.keyferry.codes.Code;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.Write.Applied;
import java.time.Duration;

/// A device asks for its two codes, RFC 8628 §3.1.
public final class Authorize {
  /// How long a device code and its user code are valid, RFC 8628 §3.2 `expires_in`.
  public static final Duration CODE_LIFETIME = Duration.ofMinutes(10);

  private static final int CODE_TRIES = 5;

  private final GrantStore grants;
  private final Hasher hasher;
  private final Environment environment;

  public Authorize(GrantStore grants, Hasher hasher, Environment environment) {
    this.grants = grants;
    this.hasher = hasher;
    this.environment = environment;
  }

  /// The two codes of a new grant, RFC 8628 §3.2.
  public record Codes(DeviceCode deviceCode, UserCode userCode) {}

  /// Stores a new grant. If another live grant already has the same user code, it draws a new code.
  public Answer<Codes> authorize(DeviceRequest request) {
    for (int tries = 0; tries < CODE_TRIES; tries++) {
      var secret = Secret.draw(environment.random(), Code.SECRET_BYTES);
      var userCode = UserCode.of(secret, hasher, hasher.version());
      var code = new DeviceCode(userCode.locator(hasher, hasher.version()), secret);
      var grant = pending(request, code);
      if (grants.create(grant, request.at()) instanceof Applied) {
        environment.record(Event.of(Kind.AUTHORIZED, grant));
        return new Given<>(new Codes(code, userCode));
      }
    }
    return new Declined<>(OAuthError.TEMPORARILY_UNAVAILABLE);
  }

  private Grant pending(DeviceRequest request, DeviceCode code) {
    var expiresAt = request.at().plus(CODE_LIFETIME);
    return new Grant(
        code.locator(),
        request,
        hasher.digest(DEVICE_CODE, code.message()),
        hasher.digest(Purpose.SEAL, Seals.message(code.locator(), request, expiresAt)),
        expiresAt,
        Pace.from(request.at()),
        new Pending());
  }
}
