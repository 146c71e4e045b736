package dev.keyferry.lambda;

import java.util.Map;

/// A signed-in user lists the linked devices, unlinks one, or signs out everywhere.
public final class KeysHandler extends RoutesHandler {
  public KeysHandler() {
    this(Wiring.ofEnvironment());
  }

  public KeysHandler(Wiring wiring) {
    super(
        Map.of(
            "GET /keys", new ListKeysHandler(wiring),
            "DELETE /keys/{id}", new RevokeKeyHandler(wiring),
            "DELETE /keys", new SignOutHandler(wiring)));
  }
}
