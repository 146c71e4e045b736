package dev.keyferry.lambda;

import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Map;
import java.util.regex.Pattern;

/// Tells a key's holder what the key is: the claims that [KeyAuthorizer] gives to any route behind
/// it.
final class WhoamiHandler extends ApiHandler {
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  @Override
  Response handle(Request request) {
    request.refuseSecretsInQuery();
    return Response.json(
        200,
        Map.of(
            "sub", request.claim("sub"),
            "name", request.optionalClaim("name"),
            "email", request.optionalClaim("email"),
            "organisation", request.optionalClaim("organisation"),
            "client_id", request.claim("client_id"),
            // An earlier version could issue a key without a scope.
            "scope", request.optionalClaim("scope").orElse(""),
            "key_id", request.claim("key_id"),
            "exp", seconds(request.claim("exp"))));
  }

  /// Reads `exp` as the authorizer writes it.
  private static long seconds(String exp) {
    if (!SECONDS.matcher(exp).matches()) {
      throw MalformedRequest.because("the key's exp is not a whole number");
    }
    return Long.parseLong(exp);
  }
}
