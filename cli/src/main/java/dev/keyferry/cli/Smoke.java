package dev.keyferry.cli;

import dev.keyferry.cli.Steps.Check;
import dev.keyferry.cli.Steps.Finding;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Reply;
import dev.keyferry.client.Server;
import dev.keyferry.client.WebAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyferry smoke`: one login from the first request to the revoked key. It checks each response,
/// stores nothing, and leaves no device linked.
@Command(
    name = "smoke",
    description = {
      "Tests a whole login at a Keyferry server step by step, for CI. Exits with 10 at the first"
          + " step that fails, and leaves no device linked.",
      "",
      "The login needs an approver: set KEYFERRY_APPROVER_TOKEN to an access token for the"
          + " approval page with the scope keyferry/approve. The local stack needs none."
    })
final class Smoke implements Callable<Integer> {
  private final Keyferry root;
  private final CommandContext context;

  @Parameters(paramLabel = "SERVER", description = "The server's address.")
  private String server = "";

  @Option(
      names = "--client-id",
      paramLabel = "ID",
      description = "The client_id to use (default: cli).")
  private String clientId = "cli";

  @Option(
      names = "--scope",
      paramLabel = "SCOPES",
      description = "Scopes to request, separated by spaces.")
  private @Nullable String scope;

  private Optional<Server> at = Optional.empty();
  private Optional<Approver> approver = Optional.empty();
  private String deviceCode = "";
  private String userCode = "";
  private String nonce = "";
  private String number = "";
  private String accessToken = "";
  private String refreshToken = "";

  Smoke(Keyferry root) {
    this.root = root;
    context = root.context();
  }

  @Override
  public Integer call() throws InterruptedException {
    var issuer =
        WebAddress.issuer(server)
            .orElseThrow(() ->
                new Failure(
                    ExitCode.USAGE,
                    "'%s' is not a server address. Use https://..., or http:// on this machine."
                        .formatted(server)));
    var steps = new Steps(context.out(), root.json());
    var checks = new LinkedHashMap<String, Check>();
    checks.put("metadata", () -> metadata(issuer));
    checks.put("approver", this::approver);
    checks.put("stranger", this::stranger);
    checks.put("authorize", this::authorize);
    checks.put("pending", () -> refused(poll(), "authorization_pending"));
    checks.put("too early", () -> refused(poll(), "slow_down"));
    checks.put("page", this::page);
    checks.put("claim", this::claim);
    checks.put("approve", this::approve);
    checks.put("key", this::key);
    checks.put("only once", () -> refused(poll(), "invalid_grant"));
    checks.put("whoami", () -> whoami(200));
    checks.put("refresh", this::refresh);
    checks.put("revoke", this::revoke);
    checks.put("revoked", () -> whoami(403));
    try {
      for (var check : checks.entrySet()) {
        if (!steps.step(check.getKey(), "'keyferry doctor " + issuer + "'", check.getValue())) {
          break;
        }
      }
    } finally {
      if (steps.failed()) {
        clean();
      }
    }
    context.result(root.json(), steps.object("steps"), List.of());
    return (steps.failed() ? ExitCode.FAILED : ExitCode.OK).number();
  }

  private Finding metadata(URI issuer) throws LoginException, InterruptedException {
    var found = Server.discover(context.http(), issuer);
    at = Optional.of(found);
    return found.metadata().offersDevice() && found.metadata().revocationEndpoint().isPresent()
        ? Finding.ok("names this issuer and the endpoints")
        : Finding.failed("The metadata lacks the device grant or the revocation endpoint.", "");
  }

  private Server at() {
    return at.orElseThrow();
  }

  private Finding approver() throws LoginException, InterruptedException {
    approver = Optional.of(Approver.of(context, at().metadata()));
    return Finding.ok(
        context.environment(Approver.VARIABLE).isPresent()
            ? "the token of the environment"
            : "a token of the local identity provider");
  }

  private Finding stranger() throws LoginException, InterruptedException {
    return refused(ask(Map.of("client_id", "nobody-knows-this-client")), "invalid_client");
  }

  private Finding authorize() throws LoginException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("client_id", clientId);
    parameters.put("scope", scope == null ? String.join(" ", at().metadata().scopes()) : scope);
    parameters.put("device_name", "keyferry smoke");
    parameters.put("confirmation_supported", "true");
    var reply = ask(parameters);
    if (reply.status() != 200) {
      return wrong(reply);
    }
    var body = reply.json();
    deviceCode = body.string("device_code");
    userCode = body.string("user_code");
    var link = WebAddress.parse(body.string("verification_uri"));
    var life = body.optionalInteger("expires_in").orElse(0L);
    if (link.isEmpty() || life < 1 || !noStore(reply)) {
      return Finding.failed(
          "The response lacks a safe verification_uri, a lifetime, or Cache-Control: no-store.",
          "See RFC 8628 §3.2.");
    }
    return Finding.ok("code " + userCode + " for " + life + " s");
  }

  private static boolean noStore(Reply reply) {
    return reply.header("cache-control").filter(value -> value.contains("no-store")).isPresent();
  }

  private Reply ask(Map<String, String> parameters) throws LoginException, InterruptedException {
    return context
        .http()
        .send(Forms.post(at().metadata().deviceAuthorizationEndpoint().orElseThrow(), parameters));
  }

  private Reply token(Map<String, String> parameters) throws LoginException, InterruptedException {
    return context
        .http()
        .send(Forms.post(at().metadata().tokenEndpoint().orElseThrow(), parameters));
  }

  private Reply poll() throws LoginException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", Forms.DEVICE_GRANT);
    parameters.put("client_id", clientId);
    parameters.put("device_code", deviceCode);
    if (!number.isEmpty()) {
      parameters.put("confirmation", number);
    }
    return token(parameters);
  }

  private static Finding refused(Reply reply, String error) throws LoginException {
    var found = reply.json().optionalString("error").orElse("no error");
    return found.equals(error) && reply.status() >= 400 && reply.status() < 500
        ? Finding.ok(error + ", as expected")
        : Finding.failed(
            "Expected " + error + ", but got " + reply.status() + " " + found + ".", "");
  }

  private static Finding wrong(Reply reply) throws LoginException {
    var body = reply.json();
    return Finding.failed(
        "The server responded with %d %s %s"
            .formatted(
                reply.status(),
                body.optionalString("error").orElse(""),
                body.optionalString("error_description").orElse("")),
        "");
  }

  private Finding page() throws LoginException, InterruptedException {
    var page = URI.create(at().metadata().issuer() + "/device");
    var reply = context.http().send(HttpRequest.newBuilder(page));
    var guarded =
        reply
            .header("content-security-policy")
            .filter(policy -> policy.contains("frame-ancestors 'none'"))
            .isPresent();
    return reply.status() == 200 && guarded
        ? Finding.ok("is available, with its content security policy")
        : Finding.failed(
            "The page is missing, or another site can frame it (status " + reply.status() + ").",
            "");
  }

  private Finding claim() throws LoginException, InterruptedException {
    var reply = approver.orElseThrow().claim(userCode);
    if (reply.status() == 401 || reply.status() == 403) {
      return Finding.failed(
          "The approver's token was not accepted (status " + reply.status() + ").",
          "Use a token that has not expired and has the scope keyferry/approve.");
    }
    if (reply.status() != 200) {
      return wrong(reply);
    }
    nonce = reply.json().string("approval_nonce");
    return Finding.ok("shows " + reply.json().optionalString("client_name").orElse("no name"));
  }

  private Finding approve() throws LoginException, InterruptedException {
    var reply = approver.orElseThrow().approve(userCode, nonce);
    if (reply.status() != 200) {
      return wrong(reply);
    }
    number = reply.json().optionalString("confirmation").orElse("");
    return Finding.ok(number.isEmpty() ? "approved" : "approved, with a number to match");
  }

  private Finding key() throws LoginException, InterruptedException {
    var reply = poll();
    if (reply.status() != 200) {
      return wrong(reply);
    }
    var body = reply.json();
    accessToken = body.string("access_token");
    refreshToken = body.optionalString("refresh_token").orElse("");
    return noStore(reply)
        ? Finding.ok("issued, for " + body.optionalInteger("expires_in").orElse(0L) + " s")
        : Finding.failed("The response lacks Cache-Control: no-store.", "See RFC 6749 §5.1.");
  }

  private Finding whoami(int status) throws LoginException, InterruptedException {
    var reply =
        context
            .http()
            .send(
                HttpRequest.newBuilder(URI.create(at().metadata().issuer() + "/whoami"))
                    .header("Authorization", "Bearer " + accessToken));
    if (reply.status() != status) {
      return Finding.failed("Expected status " + status + ", but got " + reply.status() + ".", "");
    }
    return Finding.ok(
        status == 200 ? "is " + reply.json().string("sub") : "the key was refused: " + status);
  }

  private Finding refresh() throws LoginException, InterruptedException {
    if (refreshToken.isEmpty()) {
      return Finding.skipped("no refresh token was issued");
    }
    var reply =
        token(
            Map.of(
                "grant_type", "refresh_token",
                "client_id", clientId,
                "refresh_token", refreshToken));
    if (reply.status() != 200) {
      return wrong(reply);
    }
    accessToken = reply.json().string("access_token");
    refreshToken = reply.json().optionalString("refresh_token").orElse(refreshToken);
    return whoami(200);
  }

  private Finding revoke() throws LoginException, InterruptedException {
    var reply =
        context
            .http()
            .send(
                Forms.post(
                    at().metadata().revocationEndpoint().orElseThrow(),
                    Map.of("client_id", clientId, "token", accessToken)));
    return reply.status() == 200 ? Finding.ok("done") : wrong(reply);
  }

  /// Revokes what earlier steps created if a later step fails.
  private void clean() throws InterruptedException {
    try {
      if (!accessToken.isEmpty()) {
        revoke();
      }
    } catch (LoginException e) {
      context.messages().say("Not revoked: " + e.getMessage());
    }
  }
}
