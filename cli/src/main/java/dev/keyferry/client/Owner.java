package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;

/// The owner of tokens, as far as the server says, as cleaned text.
public record Owner(
    Optional<String> subject,
    Optional<String> name,
    Optional<String> email,
    Optional<String> organisation) {
  public static final Owner UNKNOWN =
      new Owner(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final int LONGEST = 128;

  /// The name to display: the name, the email address, or the subject.
  public Optional<String> displayName() {
    return name.or(() -> email).or(() -> subject);
  }

  /// Read from the token response, or otherwise from its ID token. The ID token comes directly from
  /// the server over TLS, which replaces the signature check (OpenID Connect Core §3.1.3.7).
  static Owner read(Json answer) throws LoginException {
    var told = members(answer);
    return told.equals(UNKNOWN) ? ofIdToken(answer) : told;
  }

  private static Owner ofIdToken(Json answer) throws LoginException {
    var parts = answer.optionalString("id_token").orElse("").split("\\.", -1);
    if (parts.length != 3) {
      return UNKNOWN;
    }
    try {
      return members(Json.read(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8)));
    } catch (IllegalArgumentException | LoginException.BadServer _) {
      // The owner is only displayed.
      return UNKNOWN;
    }
  }

  private static Owner members(Json json) throws LoginException {
    return new Owner(
        member(json, "sub"),
        member(json, "name"),
        member(json, "email"),
        member(json, "organisation"));
  }

  private static Optional<String> member(Json json, String name) throws LoginException {
    return json.optionalString(name)
        .map(text -> Text.clean(text, LONGEST))
        .filter(text -> !text.isEmpty());
  }
}
