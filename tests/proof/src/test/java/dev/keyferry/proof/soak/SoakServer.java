package dev.keyferry.proof.soak;

import dev.keyferry.lambda.Clients;
import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Attempt;
import dev.keyferry.product.Wire.Fate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;

/// The local stack that [Soak] tests: its tables are in a folder, its wire to AWS fails, and its
/// clock is wrong by up to two seconds at each read. It answers each command with one line: `calm`
/// repairs the wire, `size` prints the heap in kilobytes and the number of threads.
final class SoakServer {
  private static final long SKEW = 2_000;

  private SoakServer() {}

  /// @param arguments the template, and the folder
  public static void main(String[] arguments) throws IOException {
    var wire = new Wire();
    wire.follow((_, attempt) -> fateOf(attempt));
    var stack =
        new LocalKeyferry(
            new Options(
                Path.of(arguments[0]),
                LocalKeyferry.NO_LIMITS,
                Ports.ANY,
                new Place.Folder(Path.of(arguments[1])),
                Clients.ofArtifact(),
                SoakServer::wrongTime,
                wire,
                SoakServer::forget,
                SoakServer::forget));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
    System.out.printf(
        "ready %s %s %s%n",
        stack.url(), stack.issuer(), stack.aws().dynamo().endpoint().orElseThrow());
    var words = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var word = words.readLine(); word != null; word = words.readLine()) {
      if (word.equals("calm")) {
        wire.follow((_, _) -> Fate.ARRIVES);
      }
      System.out.println(size());
    }
    System.exit(0);
  }

  private static Instant wrongTime() {
    return InstantSource.system()
        .instant()
        .plusMillis(ThreadLocalRandom.current().nextLong(-SKEW, SKEW + 1));
  }

  /// One call in twenty has a fault.
  private static Fate fateOf(Attempt attempt) {
    return switch (ThreadLocalRandom.current().nextInt(100)) {
      case 0 -> Fate.LOST;
      case 1, 2 -> Fate.ANSWER_LOST;
      case 3 -> Fate.THROTTLED;
      case 4 -> attempt.operation().equals("TransactWriteItems") ? Fate.CONFLICTS : Fate.LOST;
      default -> Fate.ARRIVES;
    };
  }

  private static String size() {
    System.gc();
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    var threads = ManagementFactory.getThreadMXBean().getThreadCount();
    return heap / 1024 + " " + threads;
  }

  private static void forget(String line) {
    // Ten minutes of audit log.
  }
}
