package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// An authorization server, and the HTTP client that calls it.
public record Server(Http http, Metadata metadata) {
  private static final int LONGEST_ADDRESS = 200;

  /// Reads the metadata of RFC 8414, or otherwise that of OpenID Connect Discovery.
  ///
  /// @throws LoginException.BadServer if there is neither, or it names another issuer
  public static Server discover(Http http, URI issuer) throws LoginException, InterruptedException {
    // The address may come from a file or a program instead of a person.
    if (WebAddress.issuer(issuer.toString()).isEmpty()) {
      throw new BadServer(
          Text.clean(issuer.toString(), LONGEST_ADDRESS) + " is not a server address.");
    }
    var path = Optional.ofNullable(issuer.getRawPath()).orElse("");
    path = WebAddress.withoutLastSlash(path);
    var oauth = read(http, issuer, "/.well-known/oauth-authorization-server" + path);
    var found =
        oauth.isPresent() ? oauth : read(http, issuer, path + "/.well-known/openid-configuration");
    return new Server(
        http,
        found.orElseThrow(() -> new BadServer(issuer + " has no authorization server metadata.")));
  }

  /// Empty if there is no document, or only a web page.
  private static Optional<Metadata> read(Http http, URI issuer, String path)
      throws LoginException, InterruptedException {
    var reply = http.get(issuer.resolve(path));
    if (Outage.matches(reply)) {
      throw new LoginException.Unreachable(
          issuer + " is unavailable (status " + reply.status() + ").");
    }
    if (reply.status() != 200 || !reply.body().stripLeading().startsWith("{")) {
      return Optional.empty();
    }
    return Optional.of(Metadata.read(issuer, reply.json()));
  }

  /// Sends one request to the token endpoint.
  Reply token(Map<String, String> parameters, String idempotencyKey)
      throws LoginException, InterruptedException {
    return http.post(tokenEndpoint(), parameters, idempotencyKey);
  }

  private URI tokenEndpoint() throws LoginException {
    return metadata
        .tokenEndpoint()
        .orElseThrow(() -> new BadServer(metadata.issuer() + " has no token endpoint."));
  }
}
