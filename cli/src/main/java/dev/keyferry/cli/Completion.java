package dev.keyferry.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/// `keyferry completion`: what a shell needs to complete commands and options.
@Command(
    name = "completion",
    description = "Prints a completion script for a shell.",
    footerHeading = "%nTo load the completions in every new shell:%n",
    footer = {
      "  bash  keyferry completion bash > ~/.local/share/bash-completion/completions/keyferry",
      "  zsh   echo 'source <(keyferry completion zsh)' >> ~/.zshrc",
      "  fish  keyferry completion fish > ~/.config/fish/completions/keyferry.fish"
    })
final class Completion implements Callable<Integer> {
  private final Keyferry root;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh, or fish.")
  private Shell shell = Shell.bash;

  Completion(Keyferry root) {
    this.root = root;
  }

  /// As it is typed.
  @SuppressWarnings("checkstyle:ConstantName")
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Override
  public Integer call() {
    var all = Commands.commandLine(root);
    var script =
        switch (shell) {
          // This script makes zsh understand bash's way.
          case bash, zsh -> AutoComplete.bash("keyferry", all);
          case fish -> fish(all);
        };
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("shell", shell.name());
    object.put("script", script);
    root.context().result(root.json(), object, script.lines().toList());
    return ExitCode.OK.number();
  }

  private static String fish(CommandLine all) {
    var script = new StringBuilder("complete -c keyferry -f\n");
    all.getSubcommands()
        .forEach((name, command) -> {
          var spec = command.getCommandSpec();
          script
              .append("complete -c keyferry -n __fish_use_subcommand -a ")
              .append(name)
              .append(described(spec.usageMessage().description()))
              .append('\n');
          options(script, name, spec);
          command
              .getSubcommands()
              .forEach((below, its) ->
                  script
                      .append("complete -c keyferry -n '__fish_seen_subcommand_from ")
                      .append(name)
                      .append("' -a ")
                      .append(below)
                      .append(described(its.getCommandSpec().usageMessage().description()))
                      .append('\n'));
        });
    script.append(
        "complete -c keyferry -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n");
    return script.toString();
  }

  private static void options(StringBuilder script, String command, CommandSpec spec) {
    for (var option : spec.options()) {
      script
          .append("complete -c keyferry -n '__fish_seen_subcommand_from ")
          .append(command)
          .append("'");
      for (var name : option.names()) {
        script.append(
            name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
      }
      script
          .append(option.arity().max() > 0 ? " -x" : "")
          .append(described(option.description()))
          .append('\n');
    }
  }

  private static String described(String[] description) {
    return List.of(description).stream()
        .findFirst()
        .map(text -> " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
        .orElse("");
  }
}
