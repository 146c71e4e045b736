package dev.keyferry.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

/// `whoami` and `token` as scripts call them, often. Parsing their three options here takes no
/// time, but picocli would take half of the command's start. All other arguments, valid or not, go
/// to [Commands].
final class Shortcut {
  private Shortcut() {}

  static Optional<Callable<Integer>> of(Keyferry root, String... arguments) {
    var isWhoami = arguments.length > 0 && arguments[0].equals("whoami");
    if (!isWhoami && (arguments.length == 0 || !arguments[0].equals("token"))) {
      return Optional.empty();
    }
    Optional<String> profile = Optional.empty();
    var json = false;
    for (var i = 1; i < arguments.length; i++) {
      if (arguments[i].equals("--json") && !json) {
        json = true;
      } else if (arguments[i].matches("-p|--profile")
          && profile.isEmpty()
          && i + 1 < arguments.length
          && !arguments[i + 1].startsWith("-")) {
        i++;
        profile = Optional.of(arguments[i]);
      } else {
        return Optional.empty();
      }
    }
    root.set(profile, json);
    return Optional.of(isWhoami ? new Whoami(root) : new Token(root));
  }
}
