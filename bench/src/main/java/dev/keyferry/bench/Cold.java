package dev.keyferry.bench;

import dev.keyferry.product.PersistentConnection;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.Shared;
import dev.keyferry.product.artifact.PackagedFunctions;
import dev.keyferry.product.artifact.PackagedFunctions.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `bench/cold`: times the first responses of functions that start as on Lambda, and of node in the
/// same rounds.
final class Cold {
  /// The measurements of one start.
  ///
  /// @param millis from the process's start, or from the restore, to the first response
  /// @param before from the process's start to the snapshot
  /// @param hooks from the restore to the request for the first event
  private record Start(double millis, double cpu, double megabytes, double before, double hooks) {}

  private final PackagedFunctions stage;

  private Cold(PackagedFunctions stage) {
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
    try (var stage = new PackagedFunctions(work)) {
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
        "artifact %,d bytes; medians of %d%n", Files.size(PackagedFunctions.ARTIFACT), rounds);
    var server = oidcProvider();
    var samples =
        stage.samples().stream().filter(sample -> functions.contains(sample.function())).toList();
    for (var sample : samples) {
      var nodes = new ArrayList<Start>();
      var servers = new ArrayList<Start>();
      var starts = new LinkedHashMap<Launch, List<Start>>();
      launches(sample).forEach(launch -> starts.put(launch, new ArrayList<>()));
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
        var launch = measured.getKey();
        print(
            launch.name(),
            median(measured.getValue()),
            node,
            Long.toString(classes(sample, launch)));
      }
    }
  }

  private List<Launch> launches(Sample sample) throws IOException, InterruptedException {
    var memory = "-XX:MaxRAM=1g";
    var plain = new Launch("plain", List.of(memory), true, false, false);
    var lambda = List.of(memory, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    var cache = stage.work().resolve(sample.name() + ".aot");
    // Only G1 writes objects into a cache. Every collector reads them.
    var training = new Launch("training", List.of("-XX:+UseG1GC"), false, false, false);
    start(sample, training.with("-XX:AOTCacheOutput=" + cache));
    var launches = new ArrayList<>(List.of(plain));
    for (var tls : new boolean[] {false, true}) {
      var over = tls ? "; TLS" : "";
      var restored = new Launch("restored, not primed" + over, lambda, true, true, tls);
      launches.add(new Launch("C1, serial GC" + over, lambda, true, false, tls));
      launches.add(
          new Launch("C1, serial GC, AOT cache" + over, lambda, false, false, tls)
              .with("-XX:AOTCache=" + cache));
      launches.add(restored);
      launches.add(
          new Launch("restored, primed" + over, lambda, true, true, tls)
              .with(PackagedFunctions.HOOKS));
    }
    return launches;
  }

  private Start start(Sample sample, Launch launch) throws IOException, InterruptedException {
    try (var started = stage.start(sample, launch)) {
      var from = started.began();
      var hooks = 0L;
      if (launch.snapshot()) {
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

  private long classes(Sample sample, Launch launch) throws IOException, InterruptedException {
    var log = stage.work().resolve("classes.log");
    start(sample, launch.with("-Xlog:class+load:file=" + log + ":none:filesize=0"));
    try (var lines = Files.lines(log)) {
      return lines.count();
    }
  }

  private static Start node() throws IOException, InterruptedException {
    var began = System.nanoTime();
    new ProcessBuilder("node", "-e", "").start().waitFor();
    return new Start(millis(System.nanoTime() - began), 0, 0, 0, 0);
  }

  /// The folder into which `bench/cold` has installed it.
  private static Optional<Path> oidcProvider() {
    return Optional.of(Shared.ROOT.resolve("cli/target/peers/server.mjs")).filter(Files::exists);
  }

  private static Start oidcProvider(Path file) throws IOException {
    try (var server = new Measured(List.of("node", file.toString()));
        var connection = new PersistentConnection(server.url())) {
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
