package dev.keyferry.clients;

import dev.keyferry.clients.ClientsFile.Invalid;
import dev.keyferry.clients.ClientsFile.Valid;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A step of the build. `CheckClients <clients.yaml> <clients.json>` writes the JSON file from the
/// YAML file. If there are mistakes, it deletes the JSON file, prints `<file>:<line>: <mistake>`
/// for each, and exits with 1.
public final class CheckClients {
  private CheckClients() {}

  public static void main(String[] arguments) throws IOException {
    var status = run(Path.of(arguments[0]), Path.of(arguments[1]), System.err);
    if (status != 0) {
      System.exit(status);
    }
  }

  static int run(Path yaml, Path json, PrintStream errors) throws IOException {
    Files.deleteIfExists(json);
    try {
      return switch (ClientsReader.read(Files.readAllBytes(yaml))) {
        case Valid valid -> {
          Files.createDirectories(json.toAbsolutePath().getParent());
          Files.writeString(json, valid.json());
          yield 0;
        }
        case Invalid(var problems) -> {
          problems.forEach(problem -> errors.println(yaml + ":" + problem));
          yield 1;
        }
      };
    } catch (NoSuchFileException e) {
      errors.println(yaml + ": no such file");
      return 1;
    }
  }
}
