package dev.keyferry.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command itself, with the options that all of its commands have.
@Command(
    name = "keyferry",
    description = "Logs you in where programs need a key, and hands the key to scripts.",
    mixinStandardHelpOptions = true,
    version = "keyferry 0.1.0",
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND")
final class Keyferry {
  private final Desk desk;

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "The login that is meant, if you have several (else $KEYFERRY_PROFILE).")
  private @Nullable String profile;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print the result as one line of JSON; errors too.")
  private boolean json;

  Keyferry(Desk desk) {
    this.desk = desk;
  }

  /// What options would say, where they are not read by picocli.
  void set(Optional<String> named, boolean asJson) {
    profile = named.orElse(null);
    json = asJson;
  }

  Desk desk() {
    return desk;
  }

  Optional<String> profile() {
    return Optional.ofNullable(profile);
  }

  boolean json() {
    return json;
  }
}
