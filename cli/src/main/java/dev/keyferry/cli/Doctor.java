package dev.keyferry.cli;

import dev.keyferry.cli.Steps.Finding;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Reply;
import dev.keyferry.client.Server;
import dev.keyferry.client.TokenStore;
import dev.keyferry.client.WebAddress;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `keyferry doctor`: checks everything that a login needs, changes nothing, and says how to fix
/// each problem.
@Command(
    name = "doctor",
    description = {
      "Checks everything that a login needs, and says how to fix each problem.",
      "",
      "Exits with 10 if there is a problem. Links nothing, and revokes nothing."
    })
final class Doctor implements Callable<Integer> {
  /// The tolerated clock drift. Tokens are refreshed a minute before they expire, which a larger
  /// drift breaks.
  private static final Duration DRIFT = Duration.ofSeconds(30);

  private static final String PROBE = "doctor";

  private final Keyferry root;
  private final CommandContext context;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The server's address (default: the server of the profile).")
  private @Nullable String server;

  Doctor(Keyferry root) {
    this.root = root;
    context = root.context();
  }

  /// The results that later checks use.
  private static final class Results {
    private Optional<Server> server = Optional.empty();
    private Optional<Reply> poll = Optional.empty();
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var steps = new Steps(context.out(), root.json());
    var profile =
        context.profiles().find(context.profiles().nameOf(root.profile(), context.environment()));
    var issuer = issuer(profile);
    var results = new Results();
    steps.step("tls", "", () -> Tls.check(issuer));
    steps.step(
        "metadata",
        "Check the address, and check that this network can reach it.",
        () -> metadata(issuer, results));
    steps.step("poll", "", () -> poll(results, profile));
    steps.step("clock", "", () -> clock(results));
    steps.step("storage", "", this::storage);
    steps.step("browser", "", this::browser);
    steps.step("login", "Run 'keyferry login'.", () -> login(profile, issuer));
    context.result(root.json(), steps.object("checks"), List.of());
    return (steps.failed() ? ExitCode.FAILED : ExitCode.OK).number();
  }

  private URI issuer(Optional<Profile> profile) {
    var named = Optional.ofNullable(server).or(() -> context.environment("KEYFERRY_SERVER"));
    if (named.isEmpty()) {
      return profile
          .map(Profile::issuer)
          .orElseThrow(() ->
              new Failure(
                  ExitCode.USAGE,
                  "Name a server, as in 'keyferry doctor https://keys.example.com'."));
    }
    return WebAddress.issuer(named.get())
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "'%s' is not a server address. Use https://..., or http:// on this machine."
                    .formatted(named.get())));
  }

  private Finding metadata(URI issuer, Results results)
      throws LoginException, InterruptedException {
    var found = Server.discover(context.http(), issuer);
    results.server = Optional.of(found);
    var device = found.metadata().offersDevice();
    var browser = found.metadata().offersBrowser();
    if (!device && !browser) {
      return Finding.failed(
          "The server offers no login by code and no login by browser.",
          "Ask the server's operator to allow the device grant or the authorization code grant.");
    }
    return Finding.ok(
        "offers a login by "
            + (device && browser ? "code and by browser" : device ? "code" : "browser"));
  }

  /// Polls with an invalid code. The error shows whether the token endpoint supports the grant.
  private Finding poll(Results results, Optional<Profile> profile)
      throws LoginException, InterruptedException {
    var endpoint = results.server.flatMap(found -> found.metadata().tokenEndpoint());
    if (endpoint.isEmpty()) {
      return Finding.skipped("no token endpoint is known");
    }
    var clientId = profile.map(Profile::clientId).filter(id -> !id.isEmpty()).orElse("cli");
    var reply =
        context
            .http()
            .send(
                Forms.post(
                    endpoint.get(),
                    Map.of(
                        "grant_type",
                        Forms.DEVICE_GRANT,
                        "client_id",
                        clientId,
                        "device_code",
                        "x".repeat(64))));
    results.poll = Optional.of(reply);
    if (reply.status() == 429 || reply.status() >= 500) {
      return Finding.failed(
          "The token endpoint is unavailable (status " + reply.status() + ").",
          "Try again later. If the problem persists, tell the server's operator.");
    }
    var error = reply.json().optionalString("error").orElse("no error");
    return switch (error) {
      case "invalid_grant", "expired_token", "invalid_request" ->
          Finding.ok("the token endpoint responds, and knows the client '" + clientId + "'");
      case "invalid_client", "unauthorized_client" ->
          Finding.failed(
              "The server does not know the client '" + clientId + "'.",
              "Ask the operator for the client_id, and run 'keyferry login --client-id ID'.");
      default ->
          Finding.failed(
              "The token endpoint responds to an invalid code with " + error + ".",
              "Tell the server's operator. RFC 8628 requires invalid_grant.");
    };
  }

  private Finding clock(Results results) {
    var date = results.poll.flatMap(reply -> reply.header("date")).flatMap(Doctor::parse);
    if (date.isEmpty()) {
      return Finding.skipped("the server sent no date");
    }
    var drift = Duration.between(date.get(), context.time().clock().instant());
    var off = Formats.duration(drift.abs());
    return drift.abs().compareTo(DRIFT) <= 0
        ? Finding.ok("within " + Formats.duration(drift.abs().plusSeconds(1)) + " of the server's")
        : Finding.failed(
            "This machine's clock is " + off + (drift.isNegative() ? " slow." : " fast."),
            "Synchronize the clock, for example with 'sudo timedatectl set-ntp true'.");
  }

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Finding storage() throws LoginException {
    TokenStore store = context.store();
    try {
      store.put(PROBE, "probe");
      var readBack = store.get(PROBE).filter("probe"::equals).isPresent();
      store.delete(PROBE);
      if (!readBack) {
        return Finding.failed(
            "A stored entry could not be read back from " + store.place() + ".",
            "Unlock the keychain, or set KEYFERRY_KEYCHAIN=off to use files.");
      }
    } catch (LoginException e) {
      return Finding.failed(
          String.valueOf(e.getMessage()),
          "Unlock the keychain, or check the permissions of the folder. KEYFERRY_KEYCHAIN=off uses"
              + " files.");
    }
    return Finding.ok(store.place());
  }

  private Finding browser() {
    return Browser.available(context.environment()).isPresent()
        ? Finding.ok("a browser can be opened on this machine")
        : Finding.ok("no browser on this machine: logins show a code");
  }

  private Finding login(Optional<Profile> profile, URI issuer)
      throws LoginException, InterruptedException {
    if (profile.isEmpty() || !profile.get().issuer().equals(issuer)) {
      return Finding.skipped("no profile belongs to this server");
    }
    var session = context.session(profile.get());
    if (session.storedTokens().isEmpty()) {
      return Finding.warning("logged out", "Run 'keyferry login'.");
    }
    session.accessToken();
    return Finding.ok("logged in as " + profile.get().user().orElse("an unnamed user"));
  }
}
