package dev.keyferry.clients;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A client as the file describes it, free of mistakes.
public sealed interface Entry {
  /// As the artifact carries it.
  String json();

  /// All that it may ask for.
  List<String> scopes();

  /// A program that gets keys and has no secret, RFC 8628 §5.6.
  ///
  /// @param grantTypes as the protocol spells them, RFC 8628 §3.4 and RFC 6749 §6
  /// @param confirmation when its grants are checked
  /// @param redirectUris where a browser may take codes for it, RFC 8252 §7.3
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

  /// A service that has a secret and may introspect keys, RFC 7662; it gets none.
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
