package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyferry profiles`: the logins of this account.
@Command(
    name = "profiles",
    description = "Lists your logins. The one with the star is the default.")
final class ProfileList implements Callable<Integer> {
  private static final int SHOWN = 60;

  private final Keyferry root;

  @Option(names = "--use", paramLabel = "NAME", description = "Make this profile the default.")
  private @Nullable String use;

  ProfileList(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException {
    var context = root.context();
    if (use != null) {
      context.profiles().setDefault(context.profile(java.util.Optional.of(use)).name());
    }
    var usual = context.profiles().nameOf(root.profile(), context.environment());
    var objects = new ArrayList<Map<String, Object>>();
    var lines = new ArrayList<String>();
    for (var profile : context.profiles().list()) {
      var loggedIn = isLoggedIn(profile);
      objects.add(object(profile, profile.name().equals(usual), loggedIn));
      lines.add(
          (profile.name().equals(usual) ? "* " : "  ")
              + profile.name()
              + "  "
              + (loggedIn ? who(profile) : "logged out")
              + "  "
              + profile.issuer());
    }
    if (lines.isEmpty() && !root.json()) {
      context.messages().say("You have no logins. Run 'keyferry login https://...' to log in.");
    }
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("profiles", objects);
    context.result(root.json(), object, lines);
    return ExitCode.OK.number();
  }

  /// A profile that cannot be read must not hide the others.
  private boolean isLoggedIn(Profile profile) {
    try {
      return root.context().session(profile).storedTokens().isPresent();
    } catch (LoginException e) {
      root.context().messages().say(profile.name() + ": " + e.getMessage());
      return false;
    }
  }

  private static String who(Profile profile) {
    return profile.kind() == Profile.Kind.KEY
        ? "a key"
        : Text.clean(profile.user().orElse("logged in"), SHOWN)
            + profile.organisation().map(of -> ", " + Text.clean(of, SHOWN)).orElse("");
  }

  private static Map<String, Object> object(Profile profile, boolean usual, boolean loggedIn) {
    var object = new LinkedHashMap<String, Object>();
    object.put("name", profile.name());
    object.put("default", usual);
    object.put("kind", profile.kind() == Profile.Kind.KEY ? "key" : "login");
    object.put("issuer", profile.issuer().toString());
    object.put("client_id", profile.clientId());
    object.put("scope", profile.scope());
    object.put("user", profile.user());
    object.put("organisation", profile.organisation());
    object.put("logged_in", loggedIn);
    return object;
  }
}
