package dev.keyferry.cli;

import dev.keyferry.client.Json;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Owner;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Reply;
import dev.keyferry.client.Server;
import dev.keyferry.client.Session;
import dev.keyferry.client.Text;
import dev.keyferry.client.Tokens;
import dev.keyferry.client.WebAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyferry whoami`: asks the server, so that a login that was revoked elsewhere is noticed.
@Command(
    name = "whoami",
    description = {
      "Shows who you are logged in as.",
      "",
      "Asks the server, and exits with 3 if the login is no longer valid. With --offline, it shows"
          + " what was true at the last login."
    })
final class Whoami implements Callable<Integer> {
  private static final int SHOWN = 200;

  /// The year 9999.
  private static final long FAR = 253_402_300_799L;

  private final Keyferry root;
  private final CommandContext context;

  @Option(names = "--offline", description = "Do not ask the server.")
  private boolean offline;

  @Option(
      names = "--server",
      paramLabel = "SERVER",
      description = "The server that $KEYFERRY_TOKEN is for (default: $KEYFERRY_SERVER).")
  private @Nullable String server;

  Whoami(Keyferry root) {
    this.root = root;
    context = root.context();
  }

  /// The known facts about a login.
  ///
  /// @param checked whether the server confirmed them just now
  private record Facts(
      Owner owner,
      Optional<String> clientId,
      Optional<String> scope,
      Optional<String> keyId,
      Optional<Instant> expiresAt,
      boolean checked) {}

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var session = context.session(root.profile());
    var issuer = issuer(session);
    var facts = offline ? stored(session) : fromServer(session, issuer);
    context.result(root.json(), object(session, issuer, facts), lines(session, issuer, facts));
    return ExitCode.OK.number();
  }

  private URI issuer(Session session) throws LoginException {
    var named = Optional.ofNullable(server).or(() -> context.environment("KEYFERRY_SERVER"));
    if (session.profile().isPresent()) {
      return session.profile().get().issuer();
    }
    // Not the server of a profile: the key may belong to another server.
    return named
        .flatMap(WebAddress::issuer)
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "Name the server that $KEYFERRY_TOKEN is for, with --server or $KEYFERRY_SERVER."));
  }

  private Facts fromServer(Session session, URI issuer)
      throws LoginException, InterruptedException {
    var reply = session.send(HttpRequest.newBuilder(URI.create(issuer + "/whoami")));
    if (reply.status() == 404 || reply.status() == 405) {
      return userinfo(session, issuer);
    }
    var body = requireSuccess(reply);
    return new Facts(
        owner(body),
        text(body, "client_id"),
        text(body, "scope"),
        text(body, "key_id"),
        body.optionalInteger("exp")
            .map(seconds -> Math.clamp(seconds, 0L, FAR))
            .map(Instant::ofEpochSecond),
        true);
  }

  /// A server other than Keyferry may have a userinfo endpoint instead.
  private Facts userinfo(Session session, URI issuer) throws LoginException, InterruptedException {
    var endpoint = Server.discover(context.http(), issuer).metadata().userinfoEndpoint();
    var stored = stored(session);
    if (endpoint.isEmpty()) {
      return stored;
    }
    var reply = session.send(HttpRequest.newBuilder(endpoint.get()));
    if (reply.status() == 403) {
      // The scope does not allow userinfo, but the token may still be valid.
      return stored;
    }
    return new Facts(
        owner(requireSuccess(reply)),
        stored.clientId(),
        stored.scope(),
        stored.keyId(),
        stored.expiresAt(),
        true);
  }

  private static Json requireSuccess(Reply reply) throws LoginException {
    return switch (reply.status()) {
      case 200 -> reply.json();
      case 401, 403 ->
          throw new Failure(
              ExitCode.LOGGED_OUT,
              "The server no longer accepts this login. It was revoked or has expired. Run"
                  + " 'keyferry login'.");
      case 429, 500, 502, 503, 504 ->
          throw new LoginException.Unreachable(
              "The server is unavailable (status " + reply.status() + ").");
      default ->
          throw new LoginException.BadServer(
              "The server responded with status " + reply.status() + ".");
    };
  }

  private static Owner owner(Json body) throws LoginException {
    return new Owner(
        text(body, "sub"), text(body, "name"), text(body, "email"), text(body, "organisation"));
  }

  private static Optional<String> text(Json body, String name) throws LoginException {
    return body.optionalString(name).map(text -> Text.clean(text, SHOWN));
  }

  private static Facts stored(Session session) throws LoginException {
    var profile = session.profile();
    var stored = session.storedTokens();
    if (stored.isEmpty()) {
      throw new LoginException.LoggedOut("Not logged in.");
    }
    var owner = stored.map(Tokens::owner).filter(known -> known.displayName().isPresent());
    return new Facts(
        owner.orElseGet(() ->
            new Owner(
                Optional.empty(),
                profile.flatMap(Profile::user),
                Optional.empty(),
                profile.flatMap(Profile::organisation))),
        profile.map(Profile::clientId).filter(id -> !id.isEmpty()),
        stored.map(Tokens::scope).filter(scope -> !scope.isEmpty()),
        Optional.empty(),
        stored.flatMap(Tokens::expiresAt),
        false);
  }

  private static Map<String, Object> object(Session session, URI issuer, Facts facts) {
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("profile", session.profile().map(Profile::name));
    object.put("issuer", issuer.toString());
    object.put("user", Formats.user(facts.owner()));
    object.put("client_id", facts.clientId());
    object.put("scope", facts.scope());
    object.put("key_id", facts.keyId());
    object.put("expires_at", Formats.seconds(facts.expiresAt()));
    object.put("checked", facts.checked());
    return object;
  }

  private List<String> lines(Session session, URI issuer, Facts facts) {
    var lines = new ArrayList<String>();
    lines.add(Formats.owner(facts.owner()));
    lines.add("server   " + issuer);
    lines.add("profile  " + session.profile().map(Profile::name).orElse("none: $KEYFERRY_TOKEN"));
    facts.scope().ifPresent(scope -> lines.add("scope    " + scope));
    facts.keyId().ifPresent(key -> lines.add("key      " + key));
    facts
        .expiresAt()
        .map(end -> Duration.between(context.time().clock().instant(), end))
        .ifPresent(left -> lines.add("token    expires in " + Formats.duration(left)));
    if (!facts.checked()) {
      lines.add("         (as of the last login; the server was not asked)");
    }
    return lines;
  }
}
