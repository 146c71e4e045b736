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

/// `keyferry doctor`: looks at all that a login needs, changes nothing, and says what to do about
/// what is missing.
@Command(
    name = "doctor",
    description = {
      "Looks at all that a login needs, and says for each thing that is wrong how to put it right.",
      "",
      "Ends with 10 if something is wrong. It links nothing and revokes nothing."
    })
final class Doctor implements Callable<Integer> {
  /// Tokens are refreshed a minute before they end: a clock that is further off spoils that.
  private static final Duration DRIFT = Duration.ofSeconds(30);

  private static final String PROBE = "doctor";

  private final Keyferry root;
  private final Desk desk;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "Its address, if it is not the profile's.")
  private @Nullable String server;

  Doctor(Keyferry root) {
    this.root = root;
    desk = root.desk();
  }

  /// What the checks hand on to each other.
  private static final class Seen {
    private Optional<Server> server = Optional.empty();
    private Optional<Reply> poll = Optional.empty();
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var steps = new Steps(desk.out(), root.json());
    var profile = desk.profiles().find(desk.profiles().nameOf(root.profile(), desk.environment()));
    var issuer = issuer(profile);
    var seen = new Seen();
    steps.step("tls", "", () -> Tls.look(issuer));
    steps.step(
        "metadata",
        "Check the address, and that this network lets you reach it.",
        () -> metadata(issuer, seen));
    steps.step("poll", "", () -> poll(seen, profile));
    steps.step("clock", "", () -> clock(seen));
    steps.step("storage", "", this::storage);
    steps.step("browser", "", this::browser);
    steps.step("login", "Log in: 'keyferry login'.", () -> login(profile, issuer));
    desk.result(root.json(), steps.object("checks"), List.of());
    return (steps.failed() ? ExitCode.FAILED : ExitCode.OK).number();
  }

  private URI issuer(Optional<Profile> profile) {
    var named = Optional.ofNullable(server).or(() -> desk.environment("KEYFERRY_SERVER"));
    if (named.isEmpty()) {
      return profile
          .map(Profile::issuer)
          .orElseThrow(() ->
              new Failure(
                  ExitCode.USAGE,
                  "Which server? As in 'keyferry doctor https://keys.example.com'."));
    }
    return WebAddress.issuer(named.get())
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "'%s' is no address of a server: https://..., or http:// on this machine."
                    .formatted(named.get())));
  }

  private Finding metadata(URI issuer, Seen seen) throws LoginException, InterruptedException {
    var found = Server.discover(desk.http(), issuer);
    seen.server = Optional.of(found);
    var device = found.metadata().offersDevice();
    var browser = found.metadata().offersBrowser();
    if (!device && !browser) {
      return Finding.failed(
          "The server offers neither a login by code nor one by browser.",
          "Its operator must allow the device grant or the authorization code grant.");
    }
    return Finding.ok(
        "offers a login by "
            + (device && browser ? "code and by browser" : device ? "code" : "browser"));
  }

  /// With a code that cannot be: how the token endpoint refuses it tells whether it would take one.
  private Finding poll(Seen seen, Optional<Profile> profile)
      throws LoginException, InterruptedException {
    var endpoint = seen.server.flatMap(found -> found.metadata().tokenEndpoint());
    if (endpoint.isEmpty()) {
      return Finding.skipped("no token endpoint is known");
    }
    var clientId = profile.map(Profile::clientId).filter(id -> !id.isEmpty()).orElse("cli");
    var reply =
        desk.http()
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
    seen.poll = Optional.of(reply);
    if (reply.status() == 429 || reply.status() >= 500) {
      return Finding.failed(
          "The token endpoint is out of order (" + reply.status() + ").",
          "Try again later; if it stays so, tell the server's operator.");
    }
    var error = reply.json().optionalString("error").orElse("no error at all");
    return switch (error) {
      case "invalid_grant", "expired_token", "invalid_request" ->
          Finding.ok("the token endpoint answers, and knows the client '" + clientId + "'");
      case "invalid_client", "unauthorized_client" ->
          Finding.failed(
              "The server does not know the client '" + clientId + "'.",
              "Ask its operator for the client_id: 'keyferry login --client-id ID'.");
      default ->
          Finding.failed(
              "The token endpoint answers a made-up code with: " + error + ".",
              "Tell the server's operator: RFC 8628 wants invalid_grant.");
    };
  }

  private Finding clock(Seen seen) {
    var date = seen.poll.flatMap(reply -> reply.header("date")).flatMap(Doctor::parse);
    if (date.isEmpty()) {
      return Finding.skipped("the server told no time");
    }
    var drift = Duration.between(date.get(), desk.time().clock().instant());
    var off = Words.lasting(drift.abs());
    return drift.abs().compareTo(DRIFT) <= 0
        ? Finding.ok("within " + Words.lasting(drift.abs().plusSeconds(1)) + " of the server's")
        : Finding.failed(
            "This clock is " + off + (drift.isNegative() ? " slow." : " fast."),
            "Set it by the network: 'sudo timedatectl set-ntp true', or your system's settings.");
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
    TokenStore store = desk.store();
    try {
      store.put(PROBE, "probe");
      var kept = store.get(PROBE).filter("probe"::equals).isPresent();
      store.delete(PROBE);
      if (!kept) {
        return Finding.failed(
            "What is stored does not come back from " + store.place() + ".",
            "Unlock the keychain, or use files: KEYFERRY_KEYCHAIN=off.");
      }
    } catch (LoginException e) {
      return Finding.failed(
          String.valueOf(e.getMessage()),
          "Unlock the keychain, or make the folder yours; KEYFERRY_KEYCHAIN=off uses files.");
    }
    return Finding.ok(store.place());
  }

  private Finding browser() {
    return Browser.atHand(desk.environment()).isPresent()
        ? Finding.ok("one can be opened here")
        : Finding.ok("none at hand: logins show a code");
  }

  private Finding login(Optional<Profile> profile, URI issuer)
      throws LoginException, InterruptedException {
    if (profile.isEmpty() || !profile.get().issuer().equals(issuer)) {
      return Finding.skipped("no profile is of this server");
    }
    var session = desk.session(profile.get());
    if (session.kept().isEmpty()) {
      return Finding.warning("logged out", "Log in: 'keyferry login'.");
    }
    session.accessToken();
    return Finding.ok("there is a token, as " + profile.get().user().orElse("nobody by name"));
  }
}
