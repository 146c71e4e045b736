package dev.keyferry.client;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/// An answer of a server, none of which is to be trusted.
///
/// @param body as UTF-8, what is not being replaced
public record Reply(URI uri, int status, HttpHeaders headers, String body) {
  /// The body as one JSON object.
  ///
  /// @throws LoginException.BadServer if it is none
  public Json json() throws LoginException {
    return Json.read(body);
  }

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  @Override
  public String toString() {
    return status + " of " + uri;
  }
}
