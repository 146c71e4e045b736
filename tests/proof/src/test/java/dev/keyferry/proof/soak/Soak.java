package dev.keyferry.proof.soak;

import dev.keyferry.local.LocalAws;
import dev.keyferry.proof.soak.SoakPerson.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// `tests/proof/soak`: runs logins as fast as possible while calls to AWS fail, the clock is wrong,
/// and the stack is stopped or killed and restarted over the same folder. In the last third, the
/// stack stays up and is measured. At the end, it compares the tables with the outcomes of all
/// logins.
final class Soak {
  private static final int PEOPLE = 16;

  /// The time between two restarts.
  private static final Duration UPTIME = Duration.ofSeconds(25);

  private static final int SAMPLES = 10;

  /// The permitted growth of the heap between the two halves of the samples.
  private static final double FLAT = 1.2;

  /// The number of threads that may come and go.
  private static final int FEW = 4;

  private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<SoakProcess.Size> sizes = new ArrayList<>();
  private final long end;
  private volatile SoakProcess server;
  private int restarts;

  private Soak(Path folder, Duration length) throws IOException {
    end = System.nanoTime() + length.toNanos();
    server = new SoakProcess(folder);
  }

  /// @param arguments the duration in seconds
  public static void main(String[] arguments) throws Exception {
    var length = Duration.ofSeconds(Long.parseLong(arguments[0]));
    var soak = new Soak(Files.createTempDirectory("keyferry-soak"), length);
    soak.run(length);
    System.exit(soak.balances() ? 0 : 1);
  }

  private void run(Duration length) throws InterruptedException, ExecutionException, IOException {
    var third = length.toNanos() / 3;
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var people =
          IntStream.range(0, PEOPLE)
              .mapToObj(number -> threads.submit(() -> live(number)))
              .toList();
      while (end - System.nanoTime() > third && failures.isEmpty()) {
        pause(UPTIME);
        server = restarts++ % 2 == 0 ? server.endedAndStarted() : server.killedAndStarted();
      }
      for (int sample = 0; sample < SAMPLES; sample++) {
        pause(Duration.ofNanos(third / SAMPLES));
        sizes.add(server.tell("size"));
      }
      for (var person : people) {
        person.get();
      }
    }
  }

  private void pause(Duration length) {
    var until = Math.min(end, System.nanoTime() + length.toNanos());
    while (System.nanoTime() < until && failures.isEmpty()) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void live(int number) {
    var random = new Random(number);
    while (System.nanoTime() < end && failures.isEmpty()) {
      try {
        var name = "person" + random.nextInt(PEOPLE);
        outcomes.add(new SoakPerson(() -> server, name, random).login());
      } catch (AssertionError | RuntimeException e) {
        failures.add(e);
      }
    }
  }

  /// Checks that each consumed grant has one key, that each key is accepted or revoked as its owner
  /// left it, and that nothing grew.
  private boolean balances() throws IOException, InterruptedException, ExecutionException {
    failures.forEach(Throwable::printStackTrace);
    server.tell("calm");
    var minted = outcomes.stream().filter(Outcome::minted).toList();
    var wrong = wrong(minted);
    long consumed;
    long keys;
    try (var dynamo = LocalAws.at(server.dynamo()).dynamo().dynamo()) {
      consumed = count(dynamo, "Grants", Map.of("grant_state", "consumed"));
      keys = count(dynamo, "Keys", Map.of());
    }
    var heap = middle(sizes.subList(SAMPLES / 2, SAMPLES), SoakProcess.Size::heap);
    var before = middle(sizes.subList(0, SAMPLES / 2), SoakProcess.Size::heap);
    var threads = most(sizes.subList(SAMPLES / 2, SAMPLES));
    var threadsBefore = most(sizes.subList(0, SAMPLES / 2));
    System.out.printf("%,d logins, %d restarts%n", outcomes.size(), restarts);
    System.out.printf(
        "%,d keys issued to clients, %,d consumed grants, %,d keys%n",
        minted.size(), consumed, keys);
    System.out.printf("%,d access tokens that do not do what they should%n", wrong);
    System.out.printf("heap %,d KB, then %,d KB%n", before, heap);
    System.out.printf("threads at most %d, then %d%n", threadsBefore, threads);
    return failures.isEmpty()
        && wrong == 0
        && consumed == minted.size()
        && keys == minted.size()
        && heap < FLAT * before
        && threads <= threadsBefore + FEW;
  }

  private long wrong(Collection<Outcome> minted) throws InterruptedException, ExecutionException {
    var checked = new SoakPerson(() -> server, "nobody", new Random());
    var wrong = 0L;
    try (var threads = Executors.newFixedThreadPool(PEOPLE)) {
      var checks =
          minted.stream()
              .<Callable<Boolean>>map(outcome ->
                  () -> (checked.whoami(outcome.accessToken()).status() == 200) == outcome.opens())
              .toList();
      for (var right : threads.invokeAll(checks)) {
        wrong += right.get() ? 0 : 1;
      }
    }
    return wrong;
  }

  private static long most(List<SoakProcess.Size> sizes) {
    return sizes.stream().mapToLong(SoakProcess.Size::threads).max().orElseThrow();
  }

  private static long middle(List<SoakProcess.Size> sizes, ToLongFunction<SoakProcess.Size> of) {
    return sizes.stream().mapToLong(of).sorted().skip(sizes.size() / 2).findFirst().orElseThrow();
  }

  private static long count(DynamoDbClient dynamo, String table, Map<String, String> having) {
    return dynamo.scanPaginator(scan -> scan.tableName(table)).items().stream()
        .filter(row -> text(row, "pk").matches("(GRANT|KEY)#.*"))
        .filter(row ->
            having.entrySet().stream()
                .allMatch(wanted -> text(row, wanted.getKey()).equals(wanted.getValue())))
        .count();
  }

  private static String text(Map<String, AttributeValue> row, String attribute) {
    return Optional.ofNullable(row.get(attribute)).map(AttributeValue::s).orElse("");
  }
}
