package dev.keyferry.lambda;

import dev.keyferry.flow.AuthorizationRequest;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/// The parameters that a client opened the page with, RFC 6749 §4.1.1, as the page passes them on:
/// texts, but for one that was repeated.
///
/// @param client that asks
/// @param redirectUri where it may be answered
record AuthorizationParameters(JsonObject all, Client client, String redirectUri) {
  /// RFC 6749 Appendix A.5; the page must be able to send it back twice over.
  private static final Pattern STATE = Pattern.compile("[\\x20-\\x7E]{1,2048}");

  /// Of an unknown client, or one to be answered where it is not, nothing is told but to the
  /// person: RFC 6749 §4.1.2.1.
  static AuthorizationParameters read(JsonObject all, Clients clients) {
    var client =
        clients
            .find(all.string("client_id"))
            .orElseThrow(() -> refused("no such client is registered"));
    var redirectUri = all.string("redirect_uri");
    if (!client.mayBeAnsweredAt(redirectUri)) {
      throw refused("the redirect_uri is not one of this client's");
    }
    return new AuthorizationParameters(all, client, redirectUri);
  }

  /// How the client is told of whatever else is wrong.
  Redirect redirect(URI issuer) {
    var state = all.isString("state") ? optional("state") : Optional.<String>empty();
    return new Redirect(issuer, redirectUri, state);
  }

  AuthorizationRequest request() {
    if (!all.string("response_type").equals("code")) {
      throw new MalformedRequest(
          OAuthError.of(
              OAuthError.Code.UNSUPPORTED_RESPONSE_TYPE, "the response_type is not code"));
    }
    return new AuthorizationRequest(
        client.id(),
        redirectUri,
        optional("state").map(AuthorizationParameters::state),
        Parameters.scope(optional("scope"), client),
        optional("device_name").map(name -> Parameters.name("device_name", name)),
        Parameters.lifetime(optional("expires_in"), client),
        Parameters.challenge(optional("code_challenge"), optional("code_challenge_method")));
  }

  /// One without a value counts as omitted, RFC 6749 §3.1.
  private Optional<String> optional(String name) {
    return all.optionalString(name).filter(text -> !text.isEmpty());
  }

  private static String state(String text) {
    if (!STATE.matcher(text).matches()) {
      throw refused("state is not at most 2048 visible ASCII characters");
    }
    return text;
  }

  private static MalformedRequest refused(String description) {
    return new MalformedRequest(OAuthError.invalidRequest(description));
  }
}
