package dev.keyferry.web;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Where users sign in, as the verification page must know it. It comes with each request, from the
/// variables of the API's stage. The API's functions cannot know the client, because a client of
/// the stack's own user pool knows the API's URL.
///
/// @param issuer the issuer of the users' tokens
/// @param clientId the page's client
/// @param origins further origins that the page calls to sign in
/// @param scope the scope that the page requests, RFC 6749 §3.3
/// @param audience the audience that the page requests, Auth0's parameter for an API's identifier
/// @param resource the resource that the page requests, RFC 8707
public record SignIn(
    URI issuer,
    String clientId,
    List<String> origins,
    String scope,
    Optional<String> audience,
    Optional<String> resource) {

  /// Stands for no value, because API Gateway has no empty variables.
  private static final String NONE = "none";

  /// The scopes for a stage that has no scope variable yet. During an update of a stack, the
  /// functions are newer than the stage.
  private static final String DEFAULT_SCOPE = "openid,keyferry/approve";

  public static SignIn of(Map<String, String> stage) {
    return new SignIn(
        URI.create(stage.get("IssuerUrl")),
        Objects.requireNonNull(stage.get("PageClientId")),
        given(stage, "SignInOrigins").map(origins -> List.of(origins.split(","))).orElse(List.of()),
        given(stage, "SignInScope").orElse(DEFAULT_SCOPE).replace(',', ' '),
        given(stage, "SignInAudience"),
        given(stage, "Resource"));
  }

  private static Optional<String> given(Map<String, String> stage, String name) {
    return Optional.ofNullable(stage.get(name)).filter(value -> !value.equals(NONE));
  }
}
