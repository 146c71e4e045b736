package dev.keyferry.client;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/// The response of a server. No part of it is trusted.
///
/// @param body as UTF-8; invalid bytes are replaced
public record Reply(URI uri, int status, HttpHeaders headers, String body) {
  /// The body as one JSON object.
  ///
  /// @throws LoginException.BadServer if it is not exactly one JSON object
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
