package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.keyferry.codes.AccessToken;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.KeyVerifier.Active;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lets the holders of keys through to the routes of any HTTP API: a Lambda authorizer, payload
/// format 2.0, simple response. An outage is no verdict: it fails the invocation, and API Gateway
/// answers 500, not 403.
public final class KeyAuthorizer extends EventHandler {
  /// RFC 6750 §2.1; the scheme is of any case.
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");

  private final KeyVerifier verifier;

  public KeyAuthorizer() {
    this(Wiring.ofEnvironment());
  }

  public KeyAuthorizer(Wiring wiring) {
    verifier = wiring.verifier();
  }

  @Override
  Map<String, ?> answer(JsonObject event, LambdaLogger log) {
    return Outage.orFail(
        log,
        () ->
            credentials(event)
                .flatMap(AccessToken::parse)
                .flatMap(verifier::verify)
                .map(active -> verdict(true, facts(active)))
                .orElse(verdict(false, Map.of())));
  }

  /// The simple response; the context reaches the route as `requestContext.authorizer.lambda`.
  private static Map<String, Object> verdict(boolean isAuthorized, Map<String, String> context) {
    return Map.of("isAuthorized", isAuthorized, "context", context);
  }

  /// None, if the event has no headers to read them from: that is a no, and not a fault.
  private static Optional<String> credentials(JsonObject event) {
    try {
      return event.values("headers").entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase("authorization"))
          .map(header -> BEARER.matcher(header.getValue()))
          .filter(bearer -> bearer.matches())
          .map(bearer -> bearer.group(1))
          .findFirst();
    } catch (MalformedRequest malformed) {
      return Optional.empty();
    }
  }

  private static Map<String, String> facts(Active active) {
    var key = active.key();
    var facts = new HashMap<String, String>();
    facts.put("sub", key.terms().subject().value());
    facts.put("client_id", key.terms().clientId());
    facts.put("scope", key.terms().scope().toString());
    facts.put("key_id", key.id().value());
    facts.put("exp", Long.toString(active.until().getEpochSecond()));
    var profile = key.terms().profile();
    profile.name().ifPresent(name -> facts.put("name", name));
    profile.email().ifPresent(email -> facts.put("email", email));
    profile.organisation().ifPresent(organisation -> facts.put("organisation", organisation));
    return facts;
  }
}
