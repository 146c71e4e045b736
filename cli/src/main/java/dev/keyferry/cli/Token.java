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
    var context = root.context();
    var session = context.session(root.profile());
    var token = session.accessToken();
    var object = new LinkedHashMap<String, Object>();
    if (root.json()) {
      var stored =
          session.profile().isPresent()
              ? session.storedTokens()
              : java.util.Optional.<Tokens>empty();
      object.put("ok", true);
      object.put("access_token", token);
      object.put("token_type", "Bearer");
      object.put("scope", stored.map(Tokens::scope));
      object.put("expires_at", Formats.seconds(stored.flatMap(Tokens::expiresAt)));
    }
    context.result(root.json(), object, List.of(token));
    return ExitCode.OK.number();
  }
}
