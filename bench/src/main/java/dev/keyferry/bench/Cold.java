package dev.keyferry.bench;

import dev.keyferry.product.KeptAlive;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.artifact.LambdaStage;
import dev.keyferry.product.artifact.LambdaStage.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `bench/cold`: times the first answers of functions that are started as Lambda starts them,
/// beside node in the same rounds.
final class Cold {
  /// What one start took.
  ///
  /// @param millis from the process's start to the first answer, or to it from the restore
  /// @param before from the process's start to the snapshot
  /// @param hooks what ran after the restore before the first event was asked for
  private record Start(double millis, double cpu, double megabytes, double before, double hooks) {}

  private final LambdaStage stage;

  private Cold(LambdaStage stage) {
    this.stage = stage;
  }

  public static void main(String[] arguments) {
    var status = 0;
    try {
      run(Integer.parseInt(arguments[0]), List.of(arguments).subList(1, arguments.length));
    } catch (Exception | Error e) {
      e.printStackTrace();
      status = 1;
    }
    // DynamoDB Local leaves threads behind.
    System.exit(status);
  }

  private static void run(int rounds, List<String> functions) throws Exception {
    var work = Files.createTempDirectory("keyferry-cold");
    try (var stage = new LambdaStage(work)) {
      new Cold(stage).measure(rounds, functions);
    } finally {
      try (var files = Files.walk(work)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void measure(int rounds, List<String> functions)
      throws IOException, InterruptedException {
    System.out.printf(
        "artifact %,d bytes; medians of %d%n", Files.size(LambdaStage.ARTIFACT), rounds);
    var server = oidcProvider();
    var samples =
        stage.samples().stream().filter(sample -> functions.contains(sample.function())).toList();
    for (var sample : samples) {
      var nodes = new ArrayList<Start>();
      var servers = new ArrayList<Start>();
      var starts = new LinkedHashMap<Way, List<Start>>();
      ways(sample).forEach(way -> starts.put(way, new ArrayList<>()));
      for (int round = 0; round < rounds; round++) {
        nodes.add(node());
        if (server.isPresent()) {
          servers.add(oidcProvider(server.get()));
        }
        for (var measured : starts.entrySet()) {
          measured.getValue().add(start(sample, measured.getKey()));
        }
      }
      var node = median(nodes);
      System.out.printf(
          "%n%-36s %8s %7s %7s %5s %8s %7s %7s%n",
          sample.name(), "ms", "x node", "cpu ms", "MB", "classes", "before", "hooks");
      print("node -e ''", node, node, "");
      if (server.isPresent()) {
        print("node-oidc-provider, first code", median(servers), node, "");
      }
      for (var measured : starts.entrySet()) {
        var way = measured.getKey();
        print(way.name(), median(measured.getValue()), node, Long.toString(classes(sample, way)));
      }
    }
  }

  private List<Way> ways(Sample sample) throws IOException, InterruptedException {
    var memory = "-XX:MaxRAM=1g";
    var plain = new Way("plain", List.of(memory), true, false, false);
    var lambda = List.of(memory, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    var cache = stage.work().resolve(sample.name() + ".aot");
    // G1, which alone writes objects into a cache; every collector reads them.
    var training = new Way("training", List.of("-XX:+UseG1GC"), false, false, false);
    start(sample, training.with("-XX:AOTCacheOutput=" + cache));
    var ways = new ArrayList<>(List.of(plain));
    for (var tls : new boolean[] {false, true}) {
      var over = tls ? "; TLS" : "";
      var restored = new Way("restored, not primed" + over, lambda, true, true, tls);
      ways.add(new Way("C1, serial GC" + over, lambda, true, false, tls));
      ways.add(
          new Way("C1, serial GC, AOT cache" + over, lambda, false, false, tls)
              .with("-XX:AOTCache=" + cache));
      ways.add(restored);
      ways.add(new Way("restored, primed" + over, lambda, true, true, tls).with(LambdaStage.HOOKS));
    }
    return ways;
  }

  private Start start(Sample sample, Way way) throws IOException, InterruptedException {
    try (var started = stage.start(sample, way)) {
      var from = started.began();
      var hooks = 0L;
      if (way.snapshot()) {
        stage.next(started, "restore");
        from = started.api().restore();
        hooks = stage.next(started, "next").at() - from;
      } else {
        stage.next(started, "next");
      }
      var answer = stage.answer(started, sample);
      return new Start(
          millis(answer.at() - from),
          Measured.cpu(started.process()),
          Measured.peak(started.process()),
          millis(from - started.began()),
          millis(hooks));
    }
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private long classes(Sample sample, Way way) throws IOException, InterruptedException {
    var log = stage.work().resolve("classes.log");
    start(sample, way.with("-Xlog:class+load:file=" + log + ":none:filesize=0"));
    try (var lines = Files.lines(log)) {
      return lines.count();
    }
  }

  private static Start node() throws IOException, InterruptedException {
    var began = System.nanoTime();
    new ProcessBuilder("node", "-e", "").start().waitFor();
    return new Start(millis(System.nanoTime() - began), 0, 0, 0, 0);
  }

  /// Where `bench/cold` has installed it.
  private static Optional<Path> oidcProvider() {
    return Optional.of(LambdaStage.ROOT.resolve("cli/target/peers/server.mjs"))
        .filter(Files::exists);
  }

  private static Start oidcProvider(Path file) throws IOException {
    try (var server = new Measured(List.of("node", file.toString()));
        var connection = new KeptAlive(server.url())) {
      connection.form("/device/auth", "client_id=cli&scope=openid");
      return new Start(1_000 * server.secondsSinceStart(), server.cpu(), server.peak(), 0, 0);
    }
  }

  private static Start median(List<Start> starts) {
    return new Start(
        median(starts.stream().mapToDouble(Start::millis).toArray()),
        median(starts.stream().mapToDouble(Start::cpu).toArray()),
        median(starts.stream().mapToDouble(Start::megabytes).toArray()),
        median(starts.stream().mapToDouble(Start::before).toArray()),
        median(starts.stream().mapToDouble(Start::hooks).toArray()));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static void print(String name, Start start, Start node, String classes) {
    System.out.printf(
        "%-36s %8.0f %7.2f %7.0f %5.0f %8s %7s %7s%n",
        name,
        start.millis(),
        start.millis() / node.millis(),
        start.cpu(),
        start.megabytes(),
        classes,
        start.before() == 0 ? "" : "%.0f".formatted(start.before()),
        start.before() == 0 ? "" : "%.1f".formatted(start.hooks()));
  }
}
