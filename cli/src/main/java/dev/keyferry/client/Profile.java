package dev.keyferry.client;

import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One login in the list of profiles. It contains no secret.
///
/// @param name letters, digits, and `. _ -`
/// @param kind the kind of its secret
/// @param user the owner, if known
public record Profile(
    String name,
    Kind kind,
    URI issuer,
    String clientId,
    String scope,
    Optional<String> user,
    Optional<String> organisation) {
  private static final int LONGEST = 128;

  /// The kind of a profile's secret.
  public enum Kind {
    /// The tokens of a login. They are refreshed.
    LOGIN,
    /// A key that a person pasted. It is sent as it is.
    KEY
  }

  public static Profile login(String name, URI issuer, String clientId, String scope) {
    return new Profile(
        name, Kind.LOGIN, issuer, clientId, scope, Optional.empty(), Optional.empty());
  }

  public static Profile key(String name, URI issuer) {
    return new Profile(name, Kind.KEY, issuer, "", "", Optional.empty(), Optional.empty());
  }

  /// This profile with its owner.
  public Profile of(Owner owner) {
    return new Profile(
        name, kind, issuer, clientId, scope, owner.displayName(), owner.organisation());
  }

  Map<String, ?> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("name", name);
    members.put("kind", kind.name().toLowerCase(Locale.ROOT));
    members.put("issuer", issuer);
    members.put("client_id", clientId);
    members.put("scope", scope);
    members.put("user", user);
    members.put("organisation", organisation);
    return members;
  }

  static Profile read(Json json) throws LoginException {
    var name = json.string("name");
    var issuer = WebAddress.parse(json.string("issuer"));
    if (!Profiles.isName(name) || issuer.isEmpty()) {
      throw new Storage("A profile has an invalid name or issuer.");
    }
    return new Profile(
        name,
        switch (json.optionalString("kind").orElse("login")) {
          case "login" -> Kind.LOGIN;
          case "key" -> Kind.KEY;
          default -> throw new Storage("The profile " + name + " has an unknown kind.");
        },
        issuer.get(),
        json.optionalString("client_id").orElse(""),
        json.optionalString("scope").orElse(""),
        json.optionalString("user").map(text -> Text.clean(text, LONGEST)),
        json.optionalString("organisation").map(text -> Text.clean(text, LONGEST)));
  }
}
