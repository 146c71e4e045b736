package dev.keyferry.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// Measures one warm request, from the event's JSON to the answer's JSON: time and allocated bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Warm {
  private static final List<String> STORES = List.of("memory", "sdk");
  private static final String BYTES = "gc.alloc.rate.norm";
  private static final int BATCHES = 5;

  /// Batches have a fixed number of requests, not a fixed time. So the compiler sees the same
  /// number of requests whatever the machine's other load.
  private static final Map<String, Integer> BATCH = Map.of("memory", 20_000, "sdk", 5_000);

  private static final int WARMING_BATCHES = 8;

  @Param("")
  public String request = "";

  @Param({"memory", "sdk"})
  public String store = "";

  private PreparedRequests.Request measured = () -> "";

  @Setup(Level.Trial)
  public void prepare() throws IOException {
    try (var requests = new PreparedRequests(store.equals("sdk"))) {
      measured = requests.prepare(request);
    }
  }

  @Benchmark
  public Object answer() {
    return measured.send();
  }

  /// @param arguments names of requests, or none for all of them. Arguments that begin with `-` are
  /// options of the JVM, `prof=` precedes options of JMH's profiler `jfr`, and `store=` precedes one
  /// of the two stores
  public static void main(String[] arguments) throws RunnerException {
    var requests = new ArrayList<String>();
    // The JVM's own choices for a function of 1 GB.
    var jvm = new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx512m"));
    jvm.add("--enable-native-access=ALL-UNNAMED");
    var stores = STORES;
    var options = new OptionsBuilder();
    for (var argument : arguments) {
      if (argument.startsWith("-")) {
        jvm.add(argument);
      } else if (argument.startsWith("prof=")) {
        options.addProfiler("jfr", argument.substring("prof=".length()));
      } else if (argument.startsWith("store=")) {
        stores = List.of(argument.substring("store=".length()));
      } else {
        requests.add(argument.replace('+', ' '));
      }
    }
    var names = requests.isEmpty() ? PreparedRequests.REQUESTS : requests;
    options
        .include(Warm.class.getName())
        .forks(1)
        .warmupIterations(WARMING_BATCHES)
        .measurementIterations(BATCHES)
        .addProfiler("gc")
        .addProfiler(CpuTime.class)
        .jvmArgsAppend(jvm.toArray(String[]::new))
        .param("request", names.toArray(String[]::new));
    var results = new ArrayList<RunResult>();
    for (var store : stores) {
      var run =
          new OptionsBuilder()
              .parent(options.build())
              .param("store", store)
              .warmupBatchSize(batch(store))
              .measurementBatchSize(batch(store))
              .output("bench/target/warm-" + store + ".txt");
      results.addAll(new Runner(run.build()).run());
    }
    print(names, stores, results);
  }

  private static void print(List<String> names, List<String> stores, List<RunResult> results) {
    System.out.printf("%-26s", "");
    stores.forEach(store -> System.out.printf(" %23s  ", "store: " + store));
    System.out.printf("%n%-26s", "request");
    stores.forEach(_ -> System.out.printf(" %7s %7s %7s  ", "µs", "µs CPU", "KB"));
    System.out.println();
    for (var name : names) {
      System.out.printf("%-26s", name);
      for (var store : stores) {
        var result = find(results, name, store);
        System.out.printf(
            " %7.1f %7.1f %7.1f  ",
            thousandths(store, result.getPrimaryResult()),
            thousandths(store, secondary(result, CpuTime.NAME)),
            thousandths(store, secondary(result, BYTES)));
      }
      System.out.println();
    }
  }

  private static Result<?> secondary(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name));
  }

  private static int batch(String store) {
    return Objects.requireNonNull(BATCH.get(store));
  }

  /// The median of one request, in thousandths of the unit.
  private static double thousandths(String store, Result<?> ofBatch) {
    return ofBatch.getStatistics().getPercentile(50) / batch(store) / 1000;
  }

  private static RunResult find(List<RunResult> results, String name, String store) {
    return results.stream()
        .filter(result -> result.getParams().getParam("request").equals(name))
        .filter(result -> result.getParams().getParam("store").equals(store))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException(name + " failed; see bench/target/warm-*.txt"));
  }
}
