package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.keyferry.aws.Budget;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Origin;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.SignIn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;

/// One route behind an HTTP API, payload format 2.0. A malformed request becomes its error here, an
/// outage a 503, and nothing else is caught.
abstract class ApiHandler extends EventHandler {

  abstract Response handle(Request request);

  @Override
  final Map<String, ?> answer(JsonObject event, LambdaLogger log) {
    return toEvent(Budget.spend(() -> respond(event, log)));
  }

  private Response respond(JsonObject event, LambdaLogger log) {
    try {
      var request = toRequest(event);
      return AuditLog.during(request, () -> handle(request));
    } catch (MalformedRequest malformed) {
      return Response.error(malformed.error());
    } catch (SdkException outage) {
      Outage.log(log, outage);
      return Response.error(OAuthError.TEMPORARILY_UNAVAILABLE);
    }
  }

  private static Request toRequest(JsonObject event) {
    var context = event.object("requestContext");
    var stageVariables = event.values("stageVariables");
    return new Request(
        context.optionalString("requestId"),
        URI.create(stageVariables.get("PublicUrl")),
        SignIn.of(stageVariables),
        event.string("rawPath"),
        event.optionalString("rawQueryString").orElse(""),
        headers(event),
        body(event),
        origin(context.object("http").string("sourceIp")),
        claims(context.object("authorizer")));
  }

  private static Origin origin(String sourceIp) {
    try {
      return Origin.parse(sourceIp);
    } catch (IllegalArgumentException e) {
      throw new MalformedRequest(OAuthError.invalidRequest("the request comes from no address"));
    }
  }

  private static Map<String, String> headers(JsonObject event) {
    var headers = new HashMap<String, String>();
    event
        .values("headers")
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  private static String body(JsonObject event) {
    var body = event.optionalString("body").orElse("");
    if (!event.flag("isBase64Encoded")) {
      return Request.text(body.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return Request.text(Base64.getDecoder().decode(body));
    } catch (IllegalArgumentException e) {
      throw new MalformedRequest(OAuthError.invalidRequest("the body is not base64"));
    }
  }

  /// What the route's authorizer vouches for: a user's claims, or a key's facts.
  private static Map<String, String> claims(JsonObject authorizer) {
    return authorizer.has("jwt")
        ? authorizer.object("jwt").values("claims")
        : authorizer.values("lambda");
  }

  private static Map<String, ?> toEvent(Response response) {
    return Map.of(
        "statusCode", response.status(),
        "headers", response.headers(),
        "body", response.body(),
        "isBase64Encoded", response.isBase64());
  }
}
