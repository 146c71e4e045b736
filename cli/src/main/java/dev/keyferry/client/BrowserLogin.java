package dev.keyferry.client;

import java.net.URI;
import java.time.Duration;

/// The browser flow of a program on the same machine: authorization code with PKCE, answered to a
/// port of this machine (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207).
public final class BrowserLogin implements AutoCloseable {
  private final URI authorizationUri;

  private BrowserLogin(URI authorizationUri) {
    this.authorizationUri = authorizationUri;
  }

  public static BrowserLogin start(Server server, LoginRequest request) throws LoginException {
    return start(server, request, Time.SYSTEM);
  }

  /// Listens, and works out where to send the browser.
  public static BrowserLogin start(Server server, LoginRequest request, Time time)
      throws LoginException {
    return new BrowserLogin(Soon.later(server, request, time));
  }

  /// What to open in the browser.
  public URI authorizationUri() {
    return authorizationUri;
  }

  /// Waits for the browser to come back, and redeems the code that it brings.
  ///
  /// @throws LoginException.Denied if the person or the server says no
  /// @throws LoginException.Expired if nobody comes back in time
  public Tokens await(Duration atMost) throws LoginException, InterruptedException {
    return Soon.later(this, atMost);
  }

  /// Stops listening.
  @Override
  public void close() {
    Soon.later(this);
  }
}
