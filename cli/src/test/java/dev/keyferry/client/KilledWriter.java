package dev.keyferry.client;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that writes to a store and ends at once, without cleaning up, before a step.
final class KilledWriter {
  static final int KILLED = 137;

  private KilledWriter() {}

  /// `FOLDER STEP put|delete|forever`
  static void main(String[] arguments) throws LoginException {
    var left = new AtomicInteger(Integer.parseInt(arguments[1]));
    var store =
        new EncryptedFileStore(
            Path.of(arguments[0]),
            _ -> {
              if (left.getAndDecrement() == 0) {
                Runtime.getRuntime().halt(KILLED);
              }
            });
    switch (arguments[2]) {
      case "put" -> store.put("login/a", "new");
      case "delete" -> store.delete("login/a");
      default -> writeForever(store);
    }
  }

  private static void writeForever(TokenStore store) throws LoginException {
    System.out.println("writing");
    for (int i = 0; ; i++) {
      store.put("login/a", "new " + i + " " + "x".repeat(i % 5000));
    }
  }
}
