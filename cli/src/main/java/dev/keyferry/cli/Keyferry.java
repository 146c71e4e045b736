package dev.keyferry.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command itself, with the options that all its commands share.
@Command(
    name = "keyferry",
    description = "Logs you in to a server, and gives scripts the key that they need.",
    mixinStandardHelpOptions = true,
    version = "keyferry 0.1.0",
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND")
final class Keyferry {
  private final CommandContext context;

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "The profile to use (default: $KEYFERRY_PROFILE, then the default profile).")
  private @Nullable String profile;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print the result or the error as one line of JSON.")
  private boolean json;

  Keyferry(CommandContext context) {
    this.context = context;
  }

  /// Sets the options when [Shortcut] reads them instead of picocli.
  void set(Optional<String> named, boolean asJson) {
    profile = named.orElse(null);
    json = asJson;
  }

  CommandContext context() {
    return context;
  }

  Optional<String> profile() {
    return Optional.ofNullable(profile);
  }

  boolean json() {
    return json;
  }
}
