package dev.keyferry.product.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.Map;
import java.util.function.Consumer;

/// What a page is answered, changed on the way.
final class Answers {
  private static final JsonMapper JSON = new JsonMapper();

  private Answers() {}

  /// Asks, and changes the answer.
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

  /// Does not even ask.
  static void refuse(Page page, String path, int status, Map<String, String> headers) {
    page.route(
        "**" + path,
        route ->
            route.fulfill(
                new Route.FulfillOptions().setStatus(status).setHeaders(headers).setBody("{}")));
  }
}
