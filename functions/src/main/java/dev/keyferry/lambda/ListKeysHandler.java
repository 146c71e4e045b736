package dev.keyferry.lambda;

import dev.keyferry.flow.DeviceNames;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.time.Instant;
import java.util.Map;

/// A signed-in user sees the linked devices: those whose keys can still be used or renewed.
final class ListKeysHandler extends ApiHandler {
  private final Clients clients;
  private final LinkedDevices devices;
  private final DeviceNames names;

  ListKeysHandler(Wiring wiring) {
    clients = wiring.clients();
    devices = wiring.linkedDevices();
    names = wiring.deviceNames();
  }

  @Override
  Response handle(Request request) {
    request.refuseSecretsInQuery();
    var listing = devices.of(request.owner());
    var keys = listing.keys().stream().map(this::describe).toList();
    return Response.json(200, Map.of("keys", keys, "more", listing.more()));
  }

  private Map<String, ?> describe(Key key) {
    var terms = key.terms();
    return Map.of(
        "key_id", key.id().value(),
        "client_id", terms.clientId(),
        "client_name", clients.nameOf(terms.clientId()),
        "name", names.of(key),
        "scope", terms.scope().toString(),
        "scopes", clients.describe(terms.scope()),
        "created_at", terms.createdAt().getEpochSecond(),
        "expires_at", key.end().getEpochSecond(),
        "last_used_at", key.lastUsedAt().map(Instant::getEpochSecond),
        "requested_from", terms.origin().toString());
  }
}
