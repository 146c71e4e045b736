package dev.keyferry.clients;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A valid client of the file.
public sealed interface Entry {
  /// The client in the artifact's JSON file.
  String json();

  /// Every scope that the client may request.
  List<String> scopes();

  /// A program that gets keys and has no secret, RFC 8628 §5.6.
  ///
  /// @param grantTypes by their names in the protocol, RFC 8628 §3.4 and RFC 6749 §6
  /// @param confirmation when its grants need number matching
  /// @param redirectUris the addresses to which a browser may deliver its codes, RFC 8252 §7.3
  record WithKeys(
      String id,
      String name,
      List<String> grantTypes,
      List<String> scopes,
      Duration defaultLifetime,
      Duration maxLifetime,
      String confirmation,
      List<String> redirectUris)
      implements Entry {
    @Override
    public String json() {
      return """
      {
        "client_id": %s,
        "client_name": %s,
        "grant_types": %s,
        "scopes": %s,
        "default_lifetime": %d,
        "max_lifetime": %d,
        "confirmation": %s,
        "redirect_uris": %s
      }\
      """
          .formatted(
              quoted(id),
              quoted(name),
              list(grantTypes),
              list(scopes),
              defaultLifetime.toSeconds(),
              maxLifetime.toSeconds(),
              quoted(confirmation),
              list(redirectUris));
    }
  }

  /// A service that has a secret and may introspect keys, RFC 7662. It gets no keys.
  ///
  /// @param secretSha256 the secret's SHA-256 in hexadecimal
  record Confidential(String id, String name, String secretSha256) implements Entry {
    public Confidential {
      secretSha256 = secretSha256.toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> scopes() {
      return List.of();
    }

    @Override
    public String json() {
      return """
      {
        "client_id": %s,
        "client_name": %s,
        "secret_sha256": %s,
        "introspects": true
      }\
      """
          .formatted(quoted(id), quoted(name), quoted(secretSha256));
    }
  }

  private static String list(List<String> texts) {
    return texts.stream().map(Entry::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /// A JSON string, RFC 8259 §7, of a text without control characters.
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
