package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Profile;
import dev.keyferry.client.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyferry logout`: revokes the login at the server, then deletes it here.
@Command(
    name = "logout",
    description = {
      "Revokes the login at the server, and deletes it from this machine.",
      "",
      "If the server is unreachable, it still deletes the stored tokens, and exits with 7. A key"
          + " that was stored with --with-token is deleted but not revoked, as others may use it."
    })
final class Logout implements Callable<Integer> {
  private final Keyferry root;

  @Option(names = "--forget", description = "Delete the profile too, not only its login.")
  private boolean forget;

  Logout(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var context = root.context();
    var name = context.profiles().nameOf(root.profile(), context.environment());
    var found = context.profiles().find(name);
    var session = found.map(context::session);
    var wasLoggedIn = session.isPresent() && isStored(session.get());
    var revoked = wasLoggedIn && session.get().logout();
    var isUnrevoked =
        wasLoggedIn && !revoked && found.map(Profile::kind).equals(Optional.of(Profile.Kind.LOGIN));
    var code = isUnrevoked ? ExitCode.UNREACHABLE : ExitCode.OK;
    if (found.isPresent()) {
      updateProfile(context, found.get());
    }
    if (root.json()) {
      var object = new LinkedHashMap<String, Object>();
      object.put("ok", !isUnrevoked);
      object.put("profile", name);
      object.put("was_logged_in", wasLoggedIn);
      object.put("revoked", revoked);
      context.result(true, object, List.of());
    }
    context
        .messages()
        .say(
            message(
                found.map(Profile::kind).orElse(Profile.Kind.LOGIN), name, wasLoggedIn, revoked));
    if (root.profile().isEmpty() && context.environment("KEYFERRY_TOKEN").isPresent()) {
      context
          .messages()
          .say("KEYFERRY_TOKEN is still set. Run 'unset KEYFERRY_TOKEN' to remove it.");
    }
    return code.number();
  }

  /// An entry that cannot be read exists too, and must be deleted.
  private static boolean isStored(Session session) {
    try {
      return session.storedTokens().isPresent();
    } catch (LoginException _) {
      return true;
    }
  }

  private void updateProfile(CommandContext context, Profile profile) throws LoginException {
    if (forget || profile.kind() == Profile.Kind.KEY) {
      context.profiles().delete(profile.name());
    } else {
      context
          .profiles()
          .put(
              Profile.login(profile.name(), profile.issuer(), profile.clientId(), profile.scope()));
    }
  }

  private static String message(
      Profile.Kind kind, String name, boolean wasLoggedIn, boolean revoked) {
    if (!wasLoggedIn) {
      return "The profile '" + name + "' was not logged in.";
    }
    if (kind == Profile.Kind.KEY) {
      return "The key was deleted from this machine. It was not revoked.";
    }
    return revoked
        ? "Logged out. The key was revoked and deleted from this machine."
        : "The login was deleted from this machine, but the server did not confirm that it was"
            + " revoked. Unlink this device on the server's page.";
  }
}
