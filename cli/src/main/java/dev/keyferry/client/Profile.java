package dev.keyferry.client;

import java.net.URI;
import java.util.Optional;

/// One login, as it is remembered; no secret is in it.
///
/// @param name letters, digits and `. _ -`
/// @param kind what its secret is
/// @param user whose it is, if known
public record Profile(
    String name,
    Kind kind,
    URI issuer,
    String clientId,
    String scope,
    Optional<String> user,
    Optional<String> organisation) {
  /// What a profile's secret is.
  public enum Kind {
    /// The tokens of a login, which are refreshed.
    LOGIN,
    /// A key that somebody pasted: it is sent as it is.
    KEY
  }

  public static Profile login(String name, URI issuer, String clientId, String scope) {
    return new Profile(
        name, Kind.LOGIN, issuer, clientId, scope, Optional.empty(), Optional.empty());
  }

  public static Profile key(String name, URI issuer) {
    return new Profile(name, Kind.KEY, issuer, "", "", Optional.empty(), Optional.empty());
  }

  public Profile of(Owner owner) {
    return new Profile(name, kind, issuer, clientId, scope, owner.shown(), owner.organisation());
  }
}
