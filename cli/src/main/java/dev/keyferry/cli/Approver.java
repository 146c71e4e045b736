package dev.keyferry.cli;

import dev.keyferry.client.Http;
import dev.keyferry.client.Json;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Metadata;
import dev.keyferry.client.Reply;
import dev.keyferry.client.Server;
import dev.keyferry.client.WebAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Approves in place of a person, with an access token for the approval page.
final class Approver {
  static final String VARIABLE = "KEYFERRY_APPROVER_TOKEN";

  /// The user that the local identity provider signs in without a password.
  private static final String LOCAL_USER = "alice";

  private static final Pattern SIGN_IN =
      Pattern.compile("<meta name=\"keyferry:issuer\" content=\"([^\"<>&]{1,500})\">");

  private final Http http;
  private final String server;
  private final String token;

  private Approver(Http http, URI server, String token) {
    this.http = http;
    this.server = server.toString();
    this.token = token;
  }

  /// Uses the token of the environment. Without one, it asks the identity provider of a server on
  /// this machine for a token, as the local stack allows.
  static Approver of(CommandContext context, Metadata metadata)
      throws LoginException, InterruptedException {
    var given = context.environment(VARIABLE);
    return new Approver(
        context.http(),
        metadata.issuer(),
        given.isPresent() ? given.get().strip() : localToken(context.http(), metadata.issuer()));
  }

  private static String localToken(Http http, URI server)
      throws LoginException, InterruptedException {
    if (!server.getScheme().equals("http")) {
      throw new Failure(
          ExitCode.USAGE,
          "No one can approve. Set %s to an access token for the approval page with the scope"
                  .formatted(VARIABLE)
              + " keyferry/approve.");
    }
    var page = http.send(HttpRequest.newBuilder(URI.create(server + "/device"))).body();
    var named = SIGN_IN.matcher(page);
    var issuer =
        (named.find() ? WebAddress.parse(named.group(1)) : Optional.<URI>empty())
            .orElseThrow(() ->
                new LoginException.BadServer(
                    "The approval page does not name an identity provider."));
    var signIn = Server.discover(http, issuer).metadata().tokenEndpoint();
    if (signIn.isEmpty()) {
      throw new LoginException.BadServer("The identity provider has no token endpoint.");
    }
    var reply =
        http.send(
            Forms.post(
                signIn.get(),
                Map.of(
                    "grant_type", "client_credentials",
                    "client_id", LOCAL_USER,
                    "client_secret", "any",
                    "scope", "keyferry/approve")));
    if (reply.status() != 200) {
      throw new Failure(
          ExitCode.USAGE,
          "The identity provider did not issue a token to this script (status %d). Set %s."
              .formatted(reply.status(), VARIABLE));
    }
    return reply.json().string("access_token");
  }

  /// @return the nonce that approves what was shown
  Reply claim(String userCode) throws LoginException, InterruptedException {
    return post("/oauth/device/claim", Map.of("user_code", userCode));
  }

  Reply approve(String userCode, String nonce) throws LoginException, InterruptedException {
    var body = new HashMap<String, Object>();
    body.put("user_code", userCode);
    body.put("approval_nonce", nonce);
    body.put("acknowledged", true);
    return post("/oauth/device/approve", body);
  }

  private Reply post(String path, Map<String, ?> body) throws LoginException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(Json.write(body))));
  }
}
