package dev.keyferry.lambda;

import dev.keyferry.flow.Client;
import java.util.Map;
import java.util.Optional;

/// The clients as the functions see them, for what fuzzes their configuration.
public record RegisteredClients(Clients clients) {
  public static RegisteredClients parse(String json) {
    return new RegisteredClients(Clients.parse(json));
  }

  public Client get(String id) {
    return clients.find(id).orElseThrow();
  }

  public Optional<Map<String, String>> describe(String scope) {
    return clients.describe(scope);
  }
}
