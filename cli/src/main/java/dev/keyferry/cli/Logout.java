package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyferry logout`: revokes at the server, then forgets here.
@Command(
    name = "logout",
    description = {
      "Revokes the login at the server and forgets it here.",
      "",
      "What is kept here is deleted even if the server is out of reach. A key that was pasted is"
          + " forgotten, not revoked: others may be using it."
    })
final class Logout implements Callable<Integer> {
  private final Keyferry root;

  @Option(names = "--forget", description = "Forget the profile too, not only its login.")
  private boolean forget;

  Logout(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var desk = root.desk();
    var name = desk.profiles().nameOf(root.profile(), desk.environment());
    var found = desk.profiles().find(name);
    var session = found.map(desk::session);
    var was = session.isPresent() && session.get().kept().isPresent();
    var revoked = was && session.get().logout();
    if (found.isPresent()) {
      leave(desk, found.get());
    }
    if (root.json()) {
      var object = new LinkedHashMap<String, Object>();
      object.put("ok", true);
      object.put("profile", name);
      object.put("was_logged_in", was);
      object.put("revoked", revoked);
      desk.result(true, object, List.of());
    }
    desk.talk().say(said(found.map(Profile::kind).orElse(Profile.Kind.LOGIN), name, was, revoked));
    if (root.profile().isEmpty() && desk.environment("KEYFERRY_TOKEN").isPresent()) {
      desk.talk().say("KEYFERRY_TOKEN is still set: 'unset KEYFERRY_TOKEN'.");
    }
    return ExitCode.OK.number();
  }

  private void leave(Desk desk, Profile profile) throws LoginException {
    if (forget || profile.kind() == Profile.Kind.KEY) {
      desk.profiles().delete(profile.name());
    } else {
      desk.profiles()
          .put(
              Profile.login(profile.name(), profile.issuer(), profile.clientId(), profile.scope()));
    }
  }

  private static String said(Profile.Kind kind, String name, boolean was, boolean revoked) {
    if (!was) {
      return "The profile '" + name + "' was not logged in.";
    }
    if (kind == Profile.Kind.KEY) {
      return "The key is forgotten here. It was not revoked.";
    }
    return revoked
        ? "Logged out: the key is revoked and forgotten."
        : "Forgotten here, but the server did not confirm that it is revoked. To be sure, unlink"
            + " this device on its page.";
  }
}
