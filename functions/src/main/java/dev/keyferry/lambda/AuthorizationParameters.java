package dev.keyferry.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.AuthorizationRequest;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.StrictJson;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parameters that a client opened the page with, RFC 6749 §4.1.1, as the page passes them on.
/// They are texts, except a repeated one.
///
/// @param client the client that asks
/// @param redirectUri where the client may be answered
record AuthorizationParameters(ObjectNode all, Client client, String redirectUri) {
  private record Target(@Nullable String clientId, @Nullable String redirectUri) {}

  private static final Set<String> NAMES =
      Set.of(
          "response_type",
          "state",
          "scope",
          "device_name",
          "expires_in",
          "code_challenge",
          "code_challenge_method");

  private static final OAuthError UNSUPPORTED =
      OAuthError.of(OAuthError.Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");

  /// RFC 6749 Appendix A.5. The page must be able to send the state back twice over.
  private static final Pattern STATE = Pattern.compile("[\\x20-\\x7E]{1,2048}");

  /// Reads the parameters. If the client is unknown or may not be answered at the redirect URI,
  /// only the user learns of the error: RFC 6749 §4.1.2.1.
  static Answer<AuthorizationParameters> read(ObjectNode all, Clients clients) {
    var target = StrictJson.bind(all, Target.class);
    var client = clients.find(StrictJson.require("client_id", target.clientId()));
    if (client.isEmpty()) {
      return refused("no client with this client_id is registered");
    }
    var redirectUri = StrictJson.require("redirect_uri", target.redirectUri());
    if (!client.get().allowsRedirectUri(redirectUri)) {
      return refused("the redirect_uri is not registered for this client");
    }
    return new Given<>(new AuthorizationParameters(all, client.get(), redirectUri));
  }

  /// The redirect that tells the client about any other error.
  Redirect redirect(URI issuer) {
    return new Redirect(issuer, redirectUri, text("state"));
  }

  /// The request, or the error that the client is told.
  Answer<AuthorizationRequest> request() {
    var repeated = all.propertyStream().filter(AuthorizationParameters::isRepeated).findFirst();
    if (repeated.isPresent()) {
      return refused("the member " + repeated.get().getKey() + " is not a string");
    }
    var responseType = text("response_type");
    if (responseType.isEmpty()) {
      return refused("the member response_type is missing");
    }
    if (!responseType.get().equals("code")) {
      return new Declined<>(UNSUPPORTED);
    }
    var state = text("state");
    if (state.filter(text -> !STATE.matcher(text).matches()).isPresent()) {
      return refused("state must be at most 2048 visible ASCII characters");
    }
    return Parameters.asked(client, this::text)
        .then(asked ->
            Answer.of(asked.challenge(), Parameters.INVALID_CHALLENGE)
                .map(challenge ->
                    new AuthorizationRequest(
                        client.id(),
                        redirectUri,
                        state,
                        asked.scope(),
                        asked.deviceName(),
                        asked.lifetime(),
                        challenge)));
  }

  private static boolean isRepeated(Map.Entry<String, JsonNode> parameter) {
    var value = parameter.getValue();
    return NAMES.contains(parameter.getKey()) && !value.isTextual() && !value.isNull();
  }

  /// A parameter without a value counts as omitted, RFC 6749 §3.1.
  private Optional<String> text(String name) {
    return Optional.ofNullable(all.path(name).textValue()).filter(text -> !text.isEmpty());
  }

  private static <T> Answer<T> refused(String description) {
    return new Declined<>(OAuthError.invalidRequest(description));
  }
}
