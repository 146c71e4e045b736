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

  /// What stands for nothing: API Gateway has no empty variables.
  private static final String NONE = "none";

  public static SignIn of(Map<String, String> stage) {
    return new SignIn(
        URI.create(stage.get("IssuerUrl")),
        Objects.requireNonNull(stage.get("PageClientId")),
        given(stage, "SignInOrigins").map(origins -> List.of(origins.split(","))).orElse(List.of()),
        given(stage, "Resource"));
  }

  private static Optional<String> given(Map<String, String> stage, String name) {
    return Optional.ofNullable(stage.get(name)).filter(value -> !value.equals(NONE));
  }
}
