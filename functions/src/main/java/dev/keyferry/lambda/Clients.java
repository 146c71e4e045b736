package dev.keyferry.lambda;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.LoopbackUri;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import dev.keyferry.web.BasicCredentials;
import dev.keyferry.web.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The registered clients. The artifact contains them as the build read them from
/// `infra/clients.yaml` and checked them.
public final class Clients {
  /// The file that the build writes.
  private record File(List<Entry> clients, List<Described> scopes) {}

  private record Described(String scope, Map<String, String> description) {}

  /// A client's entry. A client with a secret has none of the members that are for keys.
  private record Entry(
      String clientId,
      String clientName,
      @Nullable String secretSha256,
      boolean introspects,
      List<String> grantTypes,
      List<String> scopes,
      long defaultLifetime,
      long maxLifetime,
      @Nullable String confirmation,
      List<String> redirectUris) {

    Client toClient() {
      return secretSha256 == null
          ? withKeys()
          : Client.confidential(clientId, clientName, secretSha256, introspects);
    }

    private Client withKeys() {
      return new Client(
          clientId,
          clientName,
          Set.copyOf(grantTypes),
          new Scope(scopes),
          Duration.ofSeconds(defaultLifetime),
          Duration.ofSeconds(maxLifetime),
          ConfirmationPolicy.valueOf(
              StrictJson.require("confirmation", confirmation).toUpperCase(Locale.ROOT)),
          redirectUris.stream().map(LoopbackUri::parse).toList(),
          Optional.empty(),
          false);
    }
  }

  private final Map<String, Client> byId;
  private final Map<String, Map<String, String>> scopes;

  private Clients(Map<String, Client> byId, Map<String, Map<String, String>> scopes) {
    this.byId = byId;
    this.scopes = scopes;
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
    var file = StrictJson.read(json, File.class);
    for (var client : file.clients()) {
      byId.put(client.clientId(), client.toClient());
    }
    var scopes = new LinkedHashMap<String, Map<String, String>>();
    for (var described : file.scopes()) {
      scopes.put(described.scope(), described.description());
    }
    return new Clients(byId, scopes);
  }

  /// A copy with one more client.
  public Clients with(Client client) {
    var more = new LinkedHashMap<>(byId);
    more.put(client.id(), client);
    return new Clients(more, scopes);
  }

  /// Every scope that any client may request.
  Scope scopes() {
    return new Scope(
        byId.values().stream().flatMap(client -> client.scopes().tokens().stream()).toList());
  }

  Optional<Client> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// The registered client that a request names. A client with a secret would have to authenticate
  /// (RFC 6749 §3.2.1), so it is refused here.
  Answer<Client> publicClient(String id) {
    return Answer.of(
        find(id).filter(client -> client.secretHash().isEmpty()),
        OAuthError.invalidClient("no public client with this client_id is registered"));
  }

  /// The registered client that a request names, if it may also use this grant type.
  Answer<Client> publicClient(String id, String grantType) {
    return publicClient(id)
        .filter(
            client -> client.mayUse(grantType),
            OAuthError.unauthorizedClient("this client may not use this grant type"));
  }

  /// The confidential client that this `Authorization` header authenticates, if it may introspect
  /// tokens.
  Answer<Client> introspectingClient(Optional<String> authorization) {
    var authenticated =
        authorization
            .flatMap(BasicCredentials::parse)
            .flatMap(credentials -> find(credentials.clientId()).filter(credentials::match));
    return Answer.of(authenticated, OAuthError.invalidClient("client authentication failed"))
        .filter(
            Client::introspects,
            OAuthError.unauthorizedClient("this client may not introspect tokens"));
  }

  /// The registered name of a client, for people.
  String nameOf(String id) {
    return find(id).map(Client::name).orElse(id);
  }

  /// The confirmation policy of a client. A client that is no longer registered has the usual
  /// policy.
  ConfirmationPolicy confirmationOf(String id) {
    return find(id).map(Client::confirmation).orElse(ConfirmationPolicy.MISMATCH);
  }

  /// The meaning of one scope token by language, if the operator described it.
  Optional<Map<String, String>> describe(String token) {
    return Optional.ofNullable(scopes.get(token));
  }

  /// Each token of a scope, with its meaning.
  List<Map<String, ?>> describe(Scope scope) {
    return scope.tokens().stream()
        .<Map<String, ?>>map(token -> Map.of("scope", token, "description", describe(token)))
        .toList();
  }
}
