package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2CustomAuthorizerEvent;
import dev.keyferry.codes.AccessToken;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.KeyVerifier.Active;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Lambda authorizer that lets the holders of keys through to the routes of any HTTP API: payload
/// format 2.0, simple response. An outage is not a verdict. It fails the invocation, and API
/// Gateway answers 500, not 403.
public final class KeyAuthorizer
    implements RequestHandler<APIGatewayV2CustomAuthorizerEvent, KeyAuthorizer.Verdict>, Sampled {
  /// The simple response. The context reaches the route as `requestContext.authorizer.lambda`.
  public record Verdict(boolean isAuthorized, Map<String, String> context) {}

  /// RFC 6750 §2.1. The case of the scheme does not matter.
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");

  private final KeyVerifier verifier;

  public KeyAuthorizer() {
    this(Wiring.ofEnvironment());
  }

  public KeyAuthorizer(Wiring wiring) {
    verifier = wiring.verifier();
  }

  @Override
  public Verdict handleRequest(APIGatewayV2CustomAuthorizerEvent event, Context context) {
    return OutageLog.orFail(
        context.getLogger(),
        () ->
            credentials(event)
                .flatMap(AccessToken::parse)
                .flatMap(verifier::verify)
                .map(active -> new Verdict(true, facts(active)))
                .orElse(new Verdict(false, Map.of())));
  }

  private static Optional<String> credentials(APIGatewayV2CustomAuthorizerEvent event) {
    return Stream.ofNullable(event.getHeaders())
        .flatMap(headers -> headers.entrySet().stream())
        .filter(header -> header.getKey().equalsIgnoreCase("authorization"))
        .flatMap(header -> Stream.ofNullable(header.getValue()))
        .map(BEARER::matcher)
        .filter(bearer -> bearer.matches())
        .map(bearer -> bearer.group(1))
        .findFirst();
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
