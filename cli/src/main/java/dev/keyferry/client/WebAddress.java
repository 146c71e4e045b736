package dev.keyferry.client;

import java.net.URI;
import java.util.Optional;

/// Which addresses this library talks to or hands to a browser: `https`, and `http` on this machine
/// itself.
public final class WebAddress {
  private WebAddress() {}

  /// The address, if it is one of those and absolute, with a host and without a user in it.
  public static Optional<URI> parse(String text) {
    return Soon.later(text);
  }

  public static boolean isSafe(URI uri) {
    return parse(uri.toString()).isPresent();
  }

  /// What a person types for a server: `https://` may be left out, a last `/` is dropped.
  public static Optional<URI> issuer(String typed) {
    return Soon.later(typed);
  }
}
