package dev.keyferry.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One request to a server on this machine, and its response.
public final class Http {
  private final HttpClient client = HttpClient.newHttpClient();

  public Reply exchange(URI url, String method, Map<String, String> headers, BodyPublisher body) {
    var request = HttpRequest.newBuilder(url).method(method, body);
    headers.forEach(request::header);
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      var answered = new LinkedHashMap<String, String>();
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> answered.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      return new Reply(response.statusCode(), answered, response.body());
    } catch (IOException e) {
      throw new AssertionError("no answer from " + url, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
