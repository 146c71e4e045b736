package dev.keyferry.client;

import dev.keyferry.flow.Client;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.Scope;
import dev.keyferry.lambda.Clients;
import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keyferry on this machine, started once for all tests, and people who use its page.
public final class LocalStack {
  /// The audit log of the server.
  public static final List<String> AUDIT = new CopyOnWriteArrayList<>();

  /// A client whose approvals always require a number.
  public static final String CAREFUL = "careful";

  private static final Http HTTP = Http.create();
  private static final LocalKeyferry STACK = start();

  private LocalStack() {}

  public static URI url() {
    return STACK.url();
  }

  static Server server() throws LoginException, InterruptedException {
    return Server.discover(HTTP, url());
  }

  public static long audited(String event) {
    return AUDIT.stream().filter(line -> line.contains("\"event\":\"" + event + "\"")).count();
  }

  /// Approves as the page does, and returns the response.
  public static Json approve(String user, String userCode) throws Exception {
    return approve(user, userCode, "approve");
  }

  public static Json deny(String user, String userCode) throws Exception {
    return approve(user, userCode, "deny");
  }

  private static Json approve(String user, String userCode, String decision) throws Exception {
    return decide(user, userCode, claim(user, userCode), decision);
  }

  /// @return the nonce of the screen that the page shows
  public static String claim(String user, String userCode) throws Exception {
    return send(user, "/oauth/device/claim", Map.of("user_code", userCode))
        .string("approval_nonce");
  }

  /// @param decision `approve` or `deny`
  public static Json decide(String user, String userCode, String nonce, String decision)
      throws Exception {
    return send(
        user, "/oauth/device/" + decision, Map.of("user_code", userCode, "approval_nonce", nonce));
  }

  /// Follows an authorization request as the page does, and returns the final redirect.
  static URI browse(String user, URI authorizationUri) throws Exception {
    var parameters = new HashMap<>(ScriptedServer.form(authorizationUri.getRawQuery()));
    var claimed = send(user, "/oauth/authorize/claim", parameters);
    if (claimed.has("redirect_to")) {
      return URI.create(claimed.string("redirect_to"));
    }
    var nonce = claimed.string("approval_nonce");
    return URI.create(
        send(user, "/oauth/authorize/approve", Map.of("approval_nonce", nonce))
            .string("redirect_to"));
  }

  private static Json send(String user, String path, Map<String, String> body) throws Exception {
    var jwt =
        HTTP.post(
                URI.create(STACK.issuer() + "/token"),
                Map.of(
                    "grant_type", "client_credentials",
                    "client_id", user,
                    "client_secret", "any",
                    "scope", "keyferry/approve"))
            .json()
            .string("access_token");
    return HTTP.send(
            HttpRequest.newBuilder(url().resolve(path))
                .header("Authorization", "Bearer " + jwt)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body))))
        .json();
  }

  private static LocalKeyferry start() {
    var careful =
        new Client(
            CAREFUL,
            "Careful CLI",
            Set.of(Client.DEVICE_CODE_GRANT),
            new Scope(List.of("read")),
            Duration.ofDays(1),
            Duration.ofDays(1),
            ConfirmationPolicy.ALWAYS,
            List.of(),
            Optional.empty(),
            false);
    try {
      return new LocalKeyferry(
          new Options(
              Path.of("../template.yaml"),
              LocalKeyferry.NO_LIMITS,
              Ports.ANY,
              new Place.Memory(),
              Clients.ofArtifact().with(careful),
              Clock.systemUTC(),
              (_, connection) -> connection,
              AUDIT::add,
              AUDIT::add));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
