package dev.keyferry.web;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Where users sign in, as the verification page must know it. It comes with each request, from the
/// variables of the API's stage: a client of the stack's own user pool knows the API's URL, so the
/// API's functions cannot know the client.
///
/// @param issuer of the users' tokens
/// @param clientId of the page
/// @param origins further ones that the page calls to sign in
/// @param resource what the page asks its token for, RFC 8707, of an issuer that wants to hear it
public record SignIn(URI issuer, String clientId, List<String> origins, Optional<String> resource) {

  /// API Gateway has no empty variables: one without a value is left out.
  public static SignIn of(Map<String, String> stage) {
    return new SignIn(
        URI.create(stage.get("IssuerUrl")),
        Objects.requireNonNull(stage.get("PageClientId")),
        Optional.ofNullable(stage.get("SignInOrigins"))
            .map(origins -> List.of(origins.split(",")))
            .orElse(List.of()),
        Optional.ofNullable(stage.get("Resource")));
  }
}
