package dev.keyferry.client;

import java.nio.file.Path;
import java.util.Map;

/// A process that uses the best available store. Its arguments are `HOME WORD…`, where a word is
/// `place`, `get:NAME`, `delete:NAME`, or `put:NAME:SECRET`. It prints a line for each word.
final class StoreProcess {
  private StoreProcess() {}

  static void main(String[] arguments) {
    var directories = Directories.of(Map.of(), Path.of(arguments[0]));
    var store = TokenStore.best(directories, System.getenv());
    for (int i = 1; i < arguments.length; i++) {
      System.out.println(run(store, arguments[i].split(":", 3)));
    }
  }

  private static String run(TokenStore store, String[] words) {
    try {
      return switch (words[0]) {
        case "place" -> store.place();
        case "get" -> store.get(words[1]).orElse("none");
        case "delete" -> {
          store.delete(words[1]);
          yield "deleted";
        }
        case "put" -> {
          store.put(words[1], words[2]);
          yield "put";
        }
        default -> throw new IllegalArgumentException(words[0]);
      };
    } catch (LoginException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }
}
