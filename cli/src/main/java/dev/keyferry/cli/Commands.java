package dev.keyferry.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// All commands, and the parsing of their options.
final class Commands {
  private static final Map<String, Function<Keyferry, Callable<Integer>>> COMMANDS = commands();

  private Commands() {}

  private static Map<String, Function<Keyferry, Callable<Integer>>> commands() {
    var commands = new LinkedHashMap<String, Function<Keyferry, Callable<Integer>>>();
    commands.put("login", Login::new);
    commands.put("logout", Logout::new);
    commands.put("whoami", Whoami::new);
    commands.put("token", Token::new);
    commands.put("devices", Devices::new);
    commands.put("profiles", ProfileList::new);
    commands.put("doctor", Doctor::new);
    commands.put("smoke", Smoke::new);
    commands.put("completion", Completion::new);
    return commands;
  }

  static int run(Keyferry root, String... arguments) {
    var line = commandLine(root, arguments);
    line.setParameterExceptionHandler((e, _) -> misused(root, e, arguments));
    line.setExecutionExceptionHandler((e, _, _) -> Main.failed(root, e));
    line.setOut(new PrintWriter(root.context().out(), true, StandardCharsets.UTF_8));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    return line.execute(arguments);
  }

  /// Adds only the named command, because adding all of them takes as long as running one. Adds all
  /// of them if the first argument names none.
  static CommandLine commandLine(Keyferry root, String... arguments) {
    var line = new CommandLine(root);
    var named = Arrays.stream(arguments).filter(COMMANDS::containsKey).findFirst();
    var isFirst = arguments.length > 0 && named.isPresent() && named.get().equals(arguments[0]);
    COMMANDS.forEach((name, command) -> {
      if (!isFirst || name.equals(arguments[0])) {
        line.addSubcommand(name, command.apply(root));
      }
    });
    if (!isFirst) {
      line.addSubcommand("help", new CommandLine.HelpCommand());
    }
    line.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes())
        .footerHeading("%nExamples:%n")
        .footer(
            "  keyferry login https://keys.example.com",
            "  curl -H \"Authorization: Bearer $$(keyferry token)\" https://api.example.com/",
            "  keyferry logout");
    return line;
  }

  private static Map<String, String> exitCodes() {
    var codes = new LinkedHashMap<String, String>();
    for (var code : ExitCode.values()) {
      codes.put(Integer.toString(code.number()), code.meaning());
    }
    return codes;
  }

  private static int misused(Keyferry root, ParameterException e, String[] arguments) {
    var command = e.getCommandLine().getCommandSpec().qualifiedName();
    var message = new StringBuilder(sentence(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      var suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        message.append(" Did you mean '").append(suggestions.getFirst()).append("'?");
      }
    }
    message.append(" See '").append(command).append(" --help'.");
    // Options after the error were not parsed.
    var json = root.json() || List.of(arguments).contains("--json");
    return Main.report(root.context(), json, ExitCode.USAGE, message.toString());
  }

  private static String sentence(String text) {
    var line = text.lines().findFirst().orElse("");
    return line.endsWith(".") ? line : line + ".";
  }
}
