package dev.keyferry.lambda;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;

/// A signed-in user unlinks one device. The answer is the same for another user's key and for a key
/// that does not exist.
final class RevokeKeyHandler extends ApiHandler {
  private final LinkedDevices devices;

  RevokeKeyHandler(Wiring wiring) {
    devices = wiring.linkedDevices();
  }

  @Override
  Response handle(Request request) {
    request.refuseSecretsInQuery();
    var id = KeyId.parse(request.lastSegment());
    return id.filter(key -> devices.unlink(request.owner(), key)).isPresent()
        ? Response.empty()
        : Response.error(OAuthError.NOT_FOUND);
  }
}
