package dev.keyferry.product.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.Map;
import java.util.function.Consumer;

/// Responses that a test changes before they reach the page.
final class ChangedResponses {
  private static final JsonMapper JSON = new JsonMapper();

  private ChangedResponses() {}

  /// Sends the request and changes the response.
  static void amend(Page page, String path, Consumer<ObjectNode> change) {
    page.route(
        "**" + path,
        route -> {
          var answer = route.fetch();
          try {
            var body = (ObjectNode) JSON.readTree(answer.text());
            change.accept(body);
            route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(body.toString()));
          } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + answer.text(), e);
          }
        });
  }

  /// ChangedResponses with an error without sending the request.
  static void refuse(Page page, String path, int status, Map<String, String> headers) {
    page.route(
        "**" + path,
        route ->
            route.fulfill(
                new Route.FulfillOptions().setStatus(status).setHeaders(headers).setBody("{}")));
  }
}
