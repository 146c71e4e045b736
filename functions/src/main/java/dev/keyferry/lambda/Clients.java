package dev.keyferry.lambda;

import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import dev.keyferry.web.Json;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The registered clients, baked into the artifact from `infra/clients.yaml`, which the build has
/// checked.
public final class Clients {
  private final Map<String, Client> byId;

  private Clients(Map<String, Client> byId) {
    this.byId = byId;
  }

  public static Clients ofArtifact() {
    try (var file = Objects.requireNonNull(Clients.class.getResourceAsStream("clients.json"))) {
      return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Clients parse(String json) {
    var byId = new LinkedHashMap<String, Client>();
    for (var client : Json.readObject(json).objects("clients")) {
      byId.put(client.string("client_id"), read(client));
    }
    return new Clients(byId);
  }

  /// These and one more.
  public Clients with(Client client) {
    var more = new LinkedHashMap<>(byId);
    more.put(client.id(), client);
    return new Clients(more);
  }

  private static Client read(JsonObject client) {
    return client
        .optionalString("secret_sha256")
        .map(hash -> confidential(client, hash))
        .orElseGet(() -> withKeys(client));
  }

  private static Client confidential(JsonObject client, String secretHash) {
    return Client.confidential(
        client.string("client_id"),
        client.string("client_name"),
        secretHash,
        client.flag("introspects"));
  }

  private static Client withKeys(JsonObject client) {
    return new Client(
        client.string("client_id"),
        client.string("client_name"),
        Set.copyOf(client.strings("grant_types")),
        new Scope(client.strings("scopes")),
        Duration.ofSeconds(client.integer("default_lifetime")),
        Duration.ofSeconds(client.integer("max_lifetime")));
  }

  /// All that any client may ask for.
  Scope scopes() {
    return new Scope(
        byId.values().stream().flatMap(client -> client.scopes().tokens().stream()).toList());
  }

  Optional<Client> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// The client that sends a request and says its name, if it is registered. One that has a secret
  /// would have to prove itself (RFC 6749 §3.2.1), and has nothing to do here.
  Client require(String id) {
    return find(id)
        .filter(client -> client.secretHash().isEmpty())
        .orElseThrow(
            () -> refused(OAuthError.Code.INVALID_CLIENT, "no such public client is registered"));
  }

  /// The client that sends a request, if it may also use this grant.
  Client require(String id, String grantType) {
    var client = require(id);
    if (!client.mayUse(grantType)) {
      throw refused(OAuthError.Code.UNAUTHORIZED_CLIENT, "this client may not use this grant");
    }
    return client;
  }

  /// The confidential client that proves itself with this `Authorization` header, if it may ask
  /// about keys.
  Client requireIntrospecting(Optional<String> authorization) {
    var client =
        authorization
            .flatMap(BasicCredentials::parse)
            .flatMap(credentials -> find(credentials.clientId()).filter(credentials::areOf))
            .orElseThrow(
                () -> refused(OAuthError.Code.INVALID_CLIENT, "the client is not authenticated"));
    if (!client.introspects()) {
      throw refused(OAuthError.Code.UNAUTHORIZED_CLIENT, "this client may not introspect");
    }
    return client;
  }

  /// The registered name of a client, for people.
  String nameOf(String id) {
    return find(id).map(Client::name).orElse(id);
  }

  private static MalformedRequest refused(OAuthError.Code code, String description) {
    return new MalformedRequest(OAuthError.of(code, description));
  }
}
