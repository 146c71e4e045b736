package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `keyferry token`: a fresh access token, for other programs.
@Command(
    name = "token",
    description = "Prints an access token. Refreshes it first if it is about to expire.",
    footerHeading = "%nExample:%n",
    footer = "  curl -H \"Authorization: Bearer $$(keyferry token)\" https://api.example.com/")
final class Token implements Callable<Integer> {
  private final Keyferry root;

  Token(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    var desk = root.desk();
    var session = desk.session(root.profile());
    var token = session.accessToken();
    var object = new LinkedHashMap<String, Object>();
    if (root.json()) {
      var kept =
          session.profile().isPresent() ? session.kept() : java.util.Optional.<Tokens>empty();
      object.put("ok", true);
      object.put("access_token", token);
      object.put("token_type", "Bearer");
      object.put("scope", kept.map(Tokens::scope));
      object.put("expires_at", Words.seconds(kept.flatMap(Tokens::expiresAt)));
    }
    desk.result(root.json(), object, List.of(token));
    return ExitCode.OK.number();
  }
}
