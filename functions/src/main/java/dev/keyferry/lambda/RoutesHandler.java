package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Several routes behind one function. API Gateway says which of its routes a request matched, and
/// has authorized the request for that route. No path decides here. HEAD gets what GET gets, without
/// the body, RFC 9110 §9.3.2.
abstract class RoutesHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Sampled {
  private static final Pattern HEAD = Pattern.compile("^HEAD ");

  private final Map<String, ApiHandler> routes;

  /// @param routes by the route keys of the template, such as `GET /keys`; none with HEAD
  RoutesHandler(Map<String, ApiHandler> routes) {
    this.routes = Map.copyOf(routes);
  }

  @Override
  public final APIGatewayV2HTTPResponse handleRequest(
      APIGatewayV2HTTPEvent event, Context context) {
    var route = Optional.ofNullable(event.getRouteKey()).orElse("");
    var get = HEAD.matcher(route).replaceFirst("GET ");
    var answer = routes.getOrDefault(get, new NotFound()).handleRequest(event, context);
    return get.equals(route) ? answer : withoutBody(answer);
  }

  private static APIGatewayV2HTTPResponse withoutBody(APIGatewayV2HTTPResponse answer) {
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(answer.getStatusCode())
        .withHeaders(answer.getHeaders())
        .withBody("")
        .build();
  }

  @Override
  public final List<String> samples() {
    return handlers().stream()
        .flatMap(handler -> handler.samples().stream())
        .distinct()
        .sorted()
        .toList();
  }

  final Collection<ApiHandler> handlers() {
    return routes.values();
  }

  /// Answers as API Gateway does for an unknown route.
  private static final class NotFound extends ApiHandler {
    @Override
    Response handle(Request request) {
      return Response.json(404, Map.of("message", "Not Found"));
    }
  }
}
