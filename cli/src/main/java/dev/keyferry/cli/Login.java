package dev.keyferry.cli;

import dev.keyferry.client.BrowserLogin;
import dev.keyferry.client.DeviceLogin;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.LoginRequest;
import dev.keyferry.client.Pending;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Profiles;
import dev.keyferry.client.Server;
import dev.keyferry.client.Tokens;
import dev.keyferry.client.WebAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyferry login`: opens the browser on this machine if there is one. Otherwise, it shows a code
/// that can be approved on any other device.
@Command(
    name = "login",
    description = {
      "Logs in to a server.",
      "",
      "Opens the browser on this machine. Over SSH, in CI, without a display, or with --device, it"
          + " shows a code and a link instead. Approve the code on any other device."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyferry login https://keys.example.com",
      "  keyferry login https://keys.example.com --device --scope 'read offline_access'",
      "  keyferry login https://keys.example.com --no-wait --json    # later: login --resume HANDLE",
      "  keyferry login https://keys.example.com --with-token < key.txt"
    })
final class Login implements Callable<Integer> {
  private static final Duration BROWSER_PATIENCE = Duration.ofMinutes(10);
  private static final String DEFAULT_CLIENT = "cli";

  private final Keyferry root;
  private final CommandContext context;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The server's address. Optional after the first login.")
  private @Nullable String server;

  @Option(names = "--device", description = "Show a code instead of opening a browser.")
  private boolean device;

  @Option(
      names = "--browser",
      description = "Open the browser on this machine, even over SSH or in CI.")
  private boolean browser;

  @Option(
      names = "--scope",
      paramLabel = "SCOPES",
      description = "Scopes to request, separated by spaces (default: all that the server offers).")
  private @Nullable String scope;

  @Option(
      names = "--client-id",
      paramLabel = "ID",
      description = "The client_id to use (default: cli).")
  private @Nullable String clientId;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "The device name to show on the approval page (default: user@host).")
  private @Nullable String name;

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      description = "Lifetime of the key, such as 30m, 8h, or 90d, if the server allows a choice.")
  private @Nullable String lifetime;

  @Option(
      names = "--no-wait",
      description = "Print the code and a handle, then exit. With --resume, check once.")
  private boolean noWait;

  @Option(
      names = "--resume",
      paramLabel = "HANDLE",
      description = "Continue a login that --no-wait started.")
  private @Nullable String resume;

  @Option(
      names = "--confirmation",
      paramLabel = "NN",
      description = "The number on the approval page, if no one can type it here.")
  private @Nullable String confirmation;

  @Option(
      names = "--with-token",
      description = "Read an existing key from standard input, and store it.")
  private boolean withToken;

  Login(Keyferry root) {
    this.root = root;
    context = root.context();
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    check();
    if (resume != null) {
      return resume(resume);
    }
    var profile = profile();
    if (withToken) {
      return keepKey(profile);
    }
    var at = Server.discover(context.http(), profile.issuer());
    var wanted = profile.scope().isEmpty() ? with(profile, offered(at)) : profile;
    try {
      return logIn(at, wanted);
    } catch (LoginException.Refused e) {
      if (scope == null && !wanted.scope().isEmpty() && e.error().equals("invalid_scope")) {
        // The server lists the scopes of all its clients. This client may have fewer.
        return logIn(at, with(profile, ""));
      }
      throw e;
    }
  }

  private void check() {
    if (Stream.of(device, browser, withToken).filter(chosen -> chosen).count() > 1
        || (noWait && (browser || withToken))) {
      throw misuse("Use only one of --device, --browser, --no-wait, and --with-token.");
    }
    if (resume != null && (server != null || device || browser || withToken)) {
      throw misuse("With --resume, leave out the server, --device, --browser, and --with-token.");
    }
    if (confirmation != null && (resume == null || !PersonAtTerminal.isNumber(confirmation))) {
      throw misuse("--confirmation requires --resume and a number of two digits.");
    }
    if (root.profile().isPresent() && !Profiles.isName(root.profile().get())) {
      throw misuse("A profile name can contain only letters, digits, '.', '_', and '-'.");
    }
    if (lifetime != null) {
      parse(lifetime);
    }
  }

  private static Failure misuse(String message) {
    return new Failure(ExitCode.USAGE, message + " See 'keyferry login --help'.");
  }

  /// The profile as it will be after the login.
  private Profile profile() throws LoginException {
    var profileName = context.profiles().nameOf(root.profile(), context.environment());
    var known = context.profiles().find(profileName);
    var typed = Optional.ofNullable(server).or(() -> context.environment("KEYFERRY_SERVER"));
    var issuer =
        typed.isPresent()
            ? WebAddress.issuer(typed.get())
                .orElseThrow(() ->
                    misuse(
                        "'%s' is not a server address. Use https://..., or http:// on this machine."
                            .formatted(typed.get())))
            : known
                .map(Profile::issuer)
                .orElseThrow(() ->
                    misuse("Name a server, as in 'keyferry login https://keys.example.com'."));
    var same = known.filter(profile -> profile.issuer().equals(issuer));
    if (same.isEmpty() && known.isPresent() && isLoggedIn(known.get())) {
      throw misuse(
          "The profile '%s' is logged in to %s. Use another --profile, or log out first."
              .formatted(profileName, known.get().issuer()));
    }
    return Profile.login(
        profileName,
        issuer,
        Optional.ofNullable(clientId)
            .or(() -> same.map(Profile::clientId).filter(id -> !id.isEmpty()))
            .orElse(DEFAULT_CLIENT),
        Optional.ofNullable(scope).or(() -> same.map(Profile::scope)).orElse(""));
  }

  private boolean isLoggedIn(Profile profile) throws LoginException {
    return context.session(profile).storedTokens().isPresent();
  }

  private static Profile with(Profile profile, String scope) {
    return Profile.login(profile.name(), profile.issuer(), profile.clientId(), scope);
  }

  private int logIn(Server at, Profile profile) throws LoginException, InterruptedException {
    if (noWait) {
      return begin(at, profile);
    }
    var opener =
        browser ? Browser.opener(context.environment()) : Browser.available(context.environment());
    if (browser && opener.isEmpty()) {
      throw misuse("No browser can be opened on this machine. Use --device.");
    }
    if (!device && opener.isPresent() && at.metadata().offersBrowser()) {
      return byBrowser(at, profile, opener.get());
    }
    return byDevice(at, profile);
  }

  /// All scopes that the server lists: the person can grant fewer. If the server lists none, the
  /// empty text requests its default.
  private static String offered(Server at) {
    return String.join(" ", at.metadata().scopes());
  }

  private LoginRequest request(Profile profile, boolean confirmable) {
    return new LoginRequest(
        profile.clientId(),
        profile.scope(),
        Optional.ofNullable(name).orElseGet(() -> Machine.name(context.environment())),
        Optional.ofNullable(lifetime).map(Login::parse),
        confirmable);
  }

  static Duration parse(String lifetime) {
    if (!lifetime.matches("[1-9][0-9]{0,7}[smhd]")) {
      throw misuse(
          "'%s' is not a lifetime. Use a form such as 90s, 30m, 8h, or 90d.".formatted(lifetime));
    }
    var number = Long.parseLong(lifetime.substring(0, lifetime.length() - 1));
    return switch (lifetime.charAt(lifetime.length() - 1)) {
      case 's' -> Duration.ofSeconds(number);
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private int byBrowser(Server at, Profile profile, Browser opener)
      throws LoginException, InterruptedException {
    try (var login = BrowserLogin.start(at, request(profile, false), context.time())) {
      var messages = context.messages();
      var opened = opener.open(login.opener());
      if (opened) {
        messages.say("Opening your browser. If nothing opens, run 'keyferry login --device'.");
      } else {
        messages.say("Could not open a browser. Open this link on this machine:");
        messages.say(login.authorizationUri().toString());
        messages.say("If this machine has no browser, run 'keyferry login --device'.");
      }
      var until = context.time().clock().instant().plus(BROWSER_PATIENCE);
      Tokens tokens;
      try (var _ =
          LiveLine.start(messages, context.time().clock(), until, "waiting for the browser")) {
        tokens = login.await(BROWSER_PATIENCE);
      }
      return finish(profile, tokens);
    }
  }

  private int byDevice(Server at, Profile profile) throws LoginException, InterruptedException {
    var terminal = context.messages().terminal();
    var login =
        DeviceLogin.start(
            at, request(profile, terminal.screen() && terminal.keyboard()), context.time());
    CodeScreen.show(context.messages(), login.pending());
    var tokens =
        await(
            login,
            Optional.empty(),
            "Log in again at a terminal, where you can enter it.",
            Handles.Keeper.NONE);
    return finish(profile, tokens);
  }

  private Tokens await(
      DeviceLogin login, Optional<String> number, String resumption, Handles.Keeper keeper)
      throws LoginException, InterruptedException {
    try (var line = PersonAtTerminal.line(context, login.pending().expiresAt())) {
      return login.await(new PersonAtTerminal(context, line, number, resumption, keeper));
    }
  }

  private int begin(Server at, Profile profile) throws LoginException, InterruptedException {
    var pending = DeviceLogin.start(at, request(profile, true), context.time()).pending();
    var handle =
        handles()
            .keep(new Handles.Entry(profile.name(), pending), context.time().clock().instant());
    context.result(
        root.json(),
        pendingObject(handle, profile.name(), pending),
        List.of(
            "code    " + pending.userCode(),
            "link    " + link(pending),
            "handle  " + handle,
            "then    keyferry login --resume " + handle));
    return ExitCode.OK.number();
  }

  private static URI link(Pending pending) {
    return pending.verificationUriComplete().orElse(pending.verificationUri());
  }

  private static Map<String, Object> pendingObject(String handle, String profile, Pending pending) {
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("status", "pending");
    object.put("handle", handle);
    object.put("profile", profile);
    object.put("issuer", pending.issuer().toString());
    object.put("user_code", pending.userCode());
    object.put("verification_uri", pending.verificationUri().toString());
    object.put("verification_uri_complete", pending.verificationUriComplete().map(URI::toString));
    object.put("expires_at", pending.expiresAt().getEpochSecond());
    object.put("interval", pending.interval().toSeconds());
    object.put("resume", "keyferry login --resume " + handle);
    return object;
  }

  private Handles handles() {
    return new Handles(context.store(), context.directories());
  }

  private int resume(String handle) throws LoginException, InterruptedException {
    var entry =
        handles()
            .find(handle)
            .orElseThrow(() ->
                new Failure(
                    ExitCode.EXPIRED,
                    "No login is waiting under this handle. It has ended or never existed. Run"
                        + " 'keyferry login' to start again."));
    var pending = entry.pending();
    var at = Server.discover(context.http(), pending.issuer());
    var login = DeviceLogin.resume(at, pending, context.time());
    var profile =
        Profile.login(entry.profile(), pending.issuer(), pending.clientId(), pending.scope());
    var number = Optional.ofNullable(confirmation);
    var resumption = "Run 'keyferry login --resume %s --confirmation NN'.".formatted(handle);
    Handles.Keeper keeper =
        next -> handles().keep(handle, new Handles.Entry(entry.profile(), next));
    Tokens tokens;
    try {
      tokens =
          noWait
              ? login.await(new SinglePoll(number, resumption, keeper))
              : await(login, number, resumption, keeper);
    } catch (LoginException.Unreachable | LoginException.Storage | LoginException.BadServer e) {
      throw e;
    } catch (LoginException e) {
      handles().forget(handle);
      throw e;
    }
    // Only after the tokens are stored: a process that is killed before this can resume.
    var exitCode = finish(profile, tokens);
    handles().forget(handle);
    return exitCode;
  }

  private int finish(Profile profile, Tokens tokens) throws LoginException, InterruptedException {
    var before = context.profiles().find(profile.name());
    var replaced = before.flatMap(this::storedTokens);
    context.session(profile).keep(tokens);
    keep(profile.of(tokens.owner()));
    // Only after the new login is stored.
    if (replaced.isPresent()) {
      revoke(before.orElseThrow(), replaced.get());
    }
    var who = Formats.owner(tokens.owner());
    var until =
        tokens
            .expiresAt()
            .map(end -> Duration.between(context.time().clock().instant(), end))
            .map(Formats::duration);
    var messages = context.messages();
    messages.say(
        messages.good("Logged in")
            + " as "
            + messages.strong(who)
            + " at "
            + profile.issuer()
            + ".");
    messages.say(
        tokens.refreshToken().isPresent()
            ? "The login is renewed automatically as long as you use it."
            : until
                .map(time -> "It expires in " + time + ".")
                .orElse("The server did not say when it expires."));
    if (root.json()) {
      context.result(true, object(profile, tokens), List.of());
    }
    return ExitCode.OK.number();
  }

  private Optional<Tokens> storedTokens(Profile before) {
    try {
      return before.kind() == Profile.Kind.LOGIN
          ? context.session(before).storedTokens()
          : Optional.empty();
    } catch (LoginException e) {
      context.messages().say("The previous login was not revoked: " + e.getMessage());
      return Optional.empty();
    }
  }

  /// A replaced login must not stay valid unnoticed. If it cannot be revoked, the new login still
  /// succeeds.
  private void revoke(Profile before, Tokens replaced) throws InterruptedException {
    try {
      context.session(before).revoke(replaced);
    } catch (LoginException e) {
      context.messages().say("The previous login was not revoked: " + e.getMessage());
    }
  }

  private void keep(Profile profile) throws LoginException {
    var first = context.profiles().list().isEmpty();
    context.profiles().put(profile);
    if (first) {
      context.profiles().setDefault(profile.name());
    }
  }

  private Map<String, Object> object(Profile profile, Tokens tokens) {
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("status", "logged_in");
    object.put("profile", profile.name());
    object.put("issuer", profile.issuer().toString());
    object.put("client_id", profile.clientId());
    object.put("scope", tokens.scope());
    object.put("user", Formats.user(tokens.owner()));
    object.put("expires_at", Formats.seconds(tokens.expiresAt()));
    object.put("renews", tokens.refreshToken().isPresent());
    object.put("stored_in", context.store().place());
    return object;
  }

  private int keepKey(Profile login) throws LoginException, InterruptedException {
    if (context.messages().terminal().keyboard()) {
      context.messages().ask("Paste the key: ");
    }
    var key = context.keyboard().line().map(String::strip).orElse("");
    if (!key.matches("[!-~]{1,4096}")) {
      throw misuse("The first line of standard input is not a key.");
    }
    var profile = Profile.key(login.name(), login.issuer());
    context.session(profile).keepKey(key);
    keep(profile);
    context
        .messages()
        .say(
            "Stored the key for "
                + profile.issuer()
                + ". Run 'keyferry whoami' to see whose it is.");
    var lines = new ArrayList<String>();
    if (root.json()) {
      var object = new LinkedHashMap<String, Object>();
      object.put("ok", true);
      object.put("status", "kept");
      object.put("profile", profile.name());
      object.put("issuer", profile.issuer().toString());
      object.put("stored_in", context.store().place());
      context.result(true, object, lines);
    }
    return ExitCode.OK.number();
  }
}
