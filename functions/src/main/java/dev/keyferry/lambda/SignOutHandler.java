package dev.keyferry.lambda;

import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;

/// A signed-in user signs out everywhere. Every key ends, and so does every grant that is not
/// redeemed yet.
final class SignOutHandler extends ApiHandler {
  private final LinkedDevices devices;

  SignOutHandler(Wiring wiring) {
    devices = wiring.linkedDevices();
  }

  @Override
  Response handle(Request request) {
    request.refuseSecretsInQuery();
    devices.signOut(request.owner());
    return Response.empty();
  }
}
