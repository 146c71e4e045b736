package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.keyferry.aws.Budget;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Outage;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A route of an HTTP API, payload format 2.0. It answers a malformed request with its error and an
/// outage with a 503, and catches nothing else.
abstract class ApiHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Sampled {

  abstract Response handle(Request request);

  @Override
  public final APIGatewayV2HTTPResponse handleRequest(
      APIGatewayV2HTTPEvent event, Context context) {
    return toEvent(Budget.spend(() -> respond(event, context)));
  }

  private Response respond(APIGatewayV2HTTPEvent event, Context context) {
    try {
      var request = toRequest(event);
      return AuditLog.during(request, () -> handle(request));
    } catch (MalformedRequest malformed) {
      return Response.error(malformed.error());
    } catch (Outage outage) {
      OutageLog.log(context.getLogger(), outage);
      return Response.error(
          outage.isOutcomeUnknown()
              ? OAuthError.OUTCOME_UNKNOWN
              : OAuthError.TEMPORARILY_UNAVAILABLE);
    }
  }

  private static Request toRequest(APIGatewayV2HTTPEvent event) {
    var context = Optional.ofNullable(event.getRequestContext());
    var stageVariables = present(event.getStageVariables());
    return new Request(
        context.map(RequestContext::getRequestId),
        URI.create(stageVariables.get("PublicUrl")),
        SignIn.of(stageVariables),
        required("rawPath", Optional.ofNullable(event.getRawPath())),
        Optional.ofNullable(event.getRawQueryString()).orElse(""),
        headers(event),
        body(event),
        origin(required("sourceIp", context.map(RequestContext::getHttp).map(Http::getSourceIp))),
        context.map(RequestContext::getAuthorizer).map(ApiHandler::claims).orElse(Map.of()));
  }

  private static String required(String name, Optional<String> value) {
    return value
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> MalformedRequest.because("the event has no " + name));
  }

  private static Origin origin(String sourceIp) {
    try {
      return Origin.parse(sourceIp);
    } catch (IllegalArgumentException e) {
      throw MalformedRequest.because("the request has no source IP address");
    }
  }

  private static Map<String, String> headers(APIGatewayV2HTTPEvent event) {
    var headers = new HashMap<String, String>();
    present(event.getHeaders())
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  private static String body(APIGatewayV2HTTPEvent event) {
    var body = Optional.ofNullable(event.getBody()).orElse("");
    if (!event.getIsBase64Encoded()) {
      return Request.text(body.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return Request.text(Base64.getDecoder().decode(body));
    } catch (IllegalArgumentException e) {
      throw MalformedRequest.because("the body is not valid base64");
    }
  }

  /// The claims of a user's access token, or those that [KeyAuthorizer] gives for a key.
  private static Map<String, String> claims(Authorizer authorizer) {
    return authorizer.getJwt() == null
        ? present(authorizer.getLambda())
        : present(authorizer.getJwt().getClaims());
  }

  /// The texts of a map that may be missing.
  private static Map<String, String> present(@Nullable Map<String, ?> map) {
    var texts = new HashMap<String, String>();
    if (map != null) {
      map.forEach((name, value) -> {
        if (value instanceof String text) {
          texts.put(name, text);
        }
      });
    }
    return texts;
  }

  private static APIGatewayV2HTTPResponse toEvent(Response response) {
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(response.status())
        .withHeaders(response.headers())
        .withBody(response.body())
        .withIsBase64Encoded(response.isBase64())
        .build();
  }
}
