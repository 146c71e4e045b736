package dev.keyferry.lambda;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.flow.AuthorizationRequest;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Form;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The URI to which the page takes the answer for the client, RFC 6749 §4.1.2. It names the
/// issuer, so that the client can see who answers, RFC 9207.
record Redirect(URI issuer, String redirectUri, Optional<String> state) {
  static Redirect of(URI issuer, AuthorizationRequest request) {
    return new Redirect(issuer, request.redirectUri(), request.state());
  }

  String with(AuthorizationCode code) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("code", code.reveal());
    return to(parameters);
  }

  String with(OAuthError error) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("error", error.code().value());
    parameters.put("error_description", error.description());
    return to(parameters);
  }

  private String to(LinkedHashMap<String, String> parameters) {
    state.ifPresent(text -> parameters.put("state", text));
    parameters.put("iss", issuer.toString());
    return redirectUri + "?" + Form.write(parameters);
  }
}
