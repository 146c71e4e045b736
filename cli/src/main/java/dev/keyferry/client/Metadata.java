package dev.keyferry.client;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/// The metadata of a server, RFC 8414 §2. Its addresses are [safe][WebAddress].
///
/// @param issAnnounced whether its redirects carry `iss`, RFC 9207
/// @param confirmationSupported whether it supports docs/number-matching.md
public record Metadata(
    URI issuer,
    Optional<URI> tokenEndpoint,
    Optional<URI> deviceAuthorizationEndpoint,
    Optional<URI> authorizationEndpoint,
    Optional<URI> revocationEndpoint,
    Optional<URI> userinfoEndpoint,
    List<String> grantTypes,
    List<String> scopes,
    boolean issAnnounced,
    boolean confirmationSupported) {
  private static final int LONGEST_SCOPE = 100;

  /// @throws LoginException.BadServer if it names another issuer, or breaks RFC 8414
  static Metadata read(URI issuer, Json json) throws LoginException {
    var named = json.string("issuer");
    // OpenID Connect Discovery §4.1: a trailing / of the issuer is dropped from the address.
    if (!WebAddress.withoutLastSlash(named)
        .equals(WebAddress.withoutLastSlash(issuer.toString()))) {
      throw new LoginException.BadServer(
          issuer + " says that it is a different server: " + Text.clean(named, 200) + ".");
    }
    return new Metadata(
        WebAddress.parse(named).orElse(issuer),
        endpoint(issuer, json, "token_endpoint"),
        endpoint(issuer, json, "device_authorization_endpoint"),
        endpoint(issuer, json, "authorization_endpoint"),
        endpoint(issuer, json, "revocation_endpoint"),
        endpoint(issuer, json, "userinfo_endpoint"),
        cleaned(json.strings("grant_types_supported")),
        cleaned(json.strings("scopes_supported")),
        json.flag("authorization_response_iss_parameter_supported"),
        json.flag("confirmation_supported"));
  }

  private static Optional<URI> endpoint(URI issuer, Json json, String name) throws LoginException {
    var text = json.optionalString(name);
    var uri = text.flatMap(address -> WebAddress.named(issuer, address));
    if (text.isPresent() && uri.isEmpty()) {
      throw new LoginException.BadServer(
          "The server's %s is not a safe address: %s."
              .formatted(name, Text.clean(text.get(), 200)));
    }
    return uri;
  }

  private static List<String> cleaned(List<String> texts) {
    return texts.stream().map(text -> Text.clean(text, LONGEST_SCOPE)).toList();
  }

  /// Whether the server supports [DeviceLogin].
  public boolean offersDevice() {
    return tokenEndpoint.isPresent() && deviceAuthorizationEndpoint.isPresent();
  }

  /// Whether the server supports [BrowserLogin].
  public boolean offersBrowser() {
    return tokenEndpoint.isPresent() && authorizationEndpoint.isPresent();
  }
}
