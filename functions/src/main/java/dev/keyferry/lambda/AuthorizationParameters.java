package dev.keyferry.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.AuthorizationRequest;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.StrictJson;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parameters that a client opened the page with, RFC 6749 §4.1.1, as the page passes them on.
/// They are texts, except a repeated one.
///
/// @param client the client that asks
/// @param redirectUri where the client may be answered
record AuthorizationParameters(ObjectNode all, Client client, String redirectUri) {
  private record Target(@Nullable String clientId, @Nullable String redirectUri) {}

  private record Asked(
      @Nullable String responseType,
      @Nullable String state,
      @Nullable String scope,
      @Nullable String deviceName,
      @Nullable String expiresIn,
      @Nullable String codeChallenge,
      @Nullable String codeChallengeMethod) {}

  /// RFC 6749 Appendix A.5. The page must be able to send the state back twice over.
  private static final Pattern STATE = Pattern.compile("[\\x20-\\x7E]{1,2048}");

  /// Reads the parameters. If the client is unknown or may not be answered at the redirect URI,
  /// only the user learns of the error: RFC 6749 §4.1.2.1.
  static AuthorizationParameters read(ObjectNode all, Clients clients) {
    var target = StrictJson.bind(all, Target.class);
    var client =
        clients
            .find(StrictJson.require("client_id", target.clientId()))
            .orElseThrow(() -> refused("no client with this client_id is registered"));
    var redirectUri = StrictJson.require("redirect_uri", target.redirectUri());
    if (!client.mayBeAnsweredAt(redirectUri)) {
      throw refused("the redirect_uri is not registered for this client");
    }
    return new AuthorizationParameters(all, client, redirectUri);
  }

  /// The redirect that tells the client about any other error.
  Redirect redirect(URI issuer) {
    return new Redirect(issuer, redirectUri, optional(all.path("state").textValue()));
  }

  AuthorizationRequest request() {
    var asked = StrictJson.bind(all, Asked.class);
    if (!StrictJson.require("response_type", asked.responseType()).equals("code")) {
      throw new MalformedRequest(
          OAuthError.of(OAuthError.Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code"));
    }
    return new AuthorizationRequest(
        client.id(),
        redirectUri,
        optional(asked.state()).map(AuthorizationParameters::state),
        Parameters.scope(optional(asked.scope()), client),
        optional(asked.deviceName()).map(name -> Parameters.name("device_name", name)),
        Parameters.lifetime(optional(asked.expiresIn()), client),
        Parameters.challenge(
            optional(asked.codeChallenge()), optional(asked.codeChallengeMethod())));
  }

  /// A parameter without a value counts as omitted, RFC 6749 §3.1.
  private static Optional<String> optional(@Nullable String value) {
    return Optional.ofNullable(value).filter(text -> !text.isEmpty());
  }

  private static String state(String text) {
    if (!STATE.matcher(text).matches()) {
      throw refused("state must be at most 2048 visible ASCII characters");
    }
    return text;
  }

  private static MalformedRequest refused(String description) {
    return new MalformedRequest(OAuthError.invalidRequest(description));
  }
}
