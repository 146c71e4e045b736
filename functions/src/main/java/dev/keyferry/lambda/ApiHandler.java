package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.keyferry.aws.Budget;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Origin;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.SignIn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;

/// One route behind an HTTP API, payload format 2.0. A malformed request becomes its error here, an
/// outage a 503, and nothing else is caught.
abstract class ApiHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

  abstract Response handle(Request request);

  @Override
  public final APIGatewayV2HTTPResponse handleRequest(
      APIGatewayV2HTTPEvent event, Context context) {
    return toEvent(Budget.spend(() -> answer(event, context)));
  }

  private Response answer(APIGatewayV2HTTPEvent event, Context context) {
    try {
      var request = toRequest(event);
      return AuditLog.during(request, () -> handle(request));
    } catch (MalformedRequest malformed) {
      return Response.error(malformed.error());
    } catch (SdkException outage) {
      Outage.log(context.getLogger(), outage);
      return Response.error(OAuthError.TEMPORARILY_UNAVAILABLE);
    }
  }

  private static Request toRequest(APIGatewayV2HTTPEvent event) {
    var http = event.getRequestContext().getHttp();
    return new Request(
        Optional.ofNullable(event.getRequestContext().getRequestId()),
        URI.create(event.getStageVariables().get("PublicUrl")),
        SignIn.of(event.getStageVariables()),
        event.getRawPath(),
        Objects.requireNonNullElse(event.getRawQueryString(), ""),
        headers(event),
        body(event),
        Origin.parse(http.getSourceIp()),
        claims(event));
  }

  private static Map<String, String> headers(APIGatewayV2HTTPEvent event) {
    return Optional.ofNullable(event.getHeaders()).orElse(Map.of()).entrySet().stream()
        .collect(
            Collectors.toMap(
                header -> header.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
  }

  private static String body(APIGatewayV2HTTPEvent event) {
    var body = Objects.requireNonNullElse(event.getBody(), "");
    if (!event.getIsBase64Encoded()) {
      return Request.text(body.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return Request.text(Base64.getDecoder().decode(body));
    } catch (IllegalArgumentException e) {
      throw new MalformedRequest(OAuthError.invalidRequest("the body is not base64"));
    }
  }

  /// What the route's authorizer vouches for: a user's claims, or a key's facts.
  private static Map<String, String> claims(APIGatewayV2HTTPEvent event) {
    var authorizer = event.getRequestContext().getAuthorizer();
    if (authorizer == null) {
      return Map.of();
    }
    if (authorizer.getJwt() != null) {
      return authorizer.getJwt().getClaims();
    }
    return Optional.ofNullable(authorizer.getLambda()).orElse(Map.of()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, fact -> fact.getValue().toString()));
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
