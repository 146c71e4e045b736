package dev.keyferry.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.bench.LoadSteps.Target;
import dev.keyferry.local.IdentityProvider;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.LocalDynamo;
import dev.keyferry.local.Template;
import dev.keyferry.product.PersistentConnection;
import dev.keyferry.product.Shared;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `bench/load`: Keyferry with its stores in memory, Keyferry with DynamoDB Local, and
/// node-oidc-provider, each in a process of its own and under the same load from this one.
final class Load {
  private static final List<Integer> CONNECTIONS = List.of(1, 16, 64);
  private static final List<Integer> LIVE = List.of(100, 1_000, 10_000, 100_000);
  private static final int BUSY = 16;
  private static final int LOGINS = 5_000;

  /// The number of requests of each step before the measurement.
  private static final int WARM = 20_000;

  private static final int PEOPLE = 64;
  private static final int STARTS = 3;

  /// The megabytes of heap for a server that keeps up, and for one that stores 100,000 grants.
  private static final int SMALL = 256;

  private static final int LARGE = 1_024;

  private static final Pattern OF_SERVER =
      Pattern.compile(
          "keyferry-|awssdk|jackson-|nimbus-jose-jwt|snakeyaml|slf4j|reactive-streams|lambda-java-core");

  private static final Path TEMPLATE = Shared.ROOT.resolve("template.yaml");
  private static final Path PEER = Shared.ROOT.resolve("cli/target/peers/server.mjs");

  private final Path work;
  private final int seconds;
  private final IdentityProvider issuer = new IdentityProvider(0);
  private final String classPath;

  private Load(Path work, int seconds) throws IOException {
    this.work = work;
    this.seconds = seconds;
    classPath = packed(System.getProperty("java.class.path"));
  }

  /// @param arguments the seconds that a step lasts
  public static void main(String[] arguments) {
    // Embedded servers leave threads behind, so the process must be ended explicitly.
    try {
      var work = Files.createTempDirectory("keyferry-load");
      new Load(work, Integer.parseInt(arguments[0])).run();
      System.exit(0);
    } catch (IOException | InterruptedException e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    var people = people();
    var memory = keyferry(LoadServer.IN_MEMORY, SMALL);
    var node = List.of("node", PEER.toString());
    System.out.printf("%-36s %8s %6s%n", "start to first device authorization", "s", "MB");
    starts("keyferry, in memory", memory, "/oauth/device/authorize");
    starts("keyferry, in memory, C1 alone", onlyFirstCompiler(memory), "/oauth/device/authorize");
    starts("node-oidc-provider, in memory", node, "/device/auth");
    LoadSteps.title();
    load("keyferry, in memory", memory, "/oauth/device/authorize", "/oauth/token", people);
    load("node-oidc-provider, in memory", node, "/device/auth", "/token", List.of());
    try (var dynamo = new LocalDynamo(0)) {
      var template = new Template(TEMPLATE, Map.of());
      var aws = LocalAws.at(dynamo.endpoint());
      aws.createTable("Grants", template.properties("GrantsTable"));
      aws.createTable("Keys", template.properties("KeysTable"));
      var command = keyferry(dynamo.endpoint().toString(), SMALL);
      load("keyferry, DynamoDB Local", command, "/oauth/device/authorize", "/oauth/token", people);
    }
    scale(keyferry(LoadServer.IN_MEMORY, LARGE), people);
  }

  private void starts(String name, List<String> command, String authorize)
      throws IOException, InterruptedException {
    var times = new ArrayList<Double>();
    var sizes = new ArrayList<Double>();
    for (int start = 0; start < STARTS; start++) {
      try (var server = new Measured(command);
          var connection = new PersistentConnection(server.url())) {
        var answer = connection.form(authorize, "client_id=cli");
        times.add(server.secondsSinceStart());
        sizes.add(server.megabytes());
        if (answer.status() != 200) {
          throw new IOException(name + ": " + answer);
        }
      }
    }
    System.out.printf("%-36s %8.2f %6.0f%n", name, median(times), median(sizes));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private void load(
      String name, List<String> command, String authorize, String token, List<String> people)
      throws IOException, InterruptedException {
    try (var server = new Measured(command)) {
      var steps = new LoadSteps(new Target(name, server, authorize, token, people));
      steps.warmUp(BUSY, WARM);
      for (var connections : CONNECTIONS) {
        steps.run(connections, seconds);
      }
      System.out.printf("%-36s %.0f MB%n", name, server.megabytes());
    }
  }

  private void scale(List<String> command, List<String> people)
      throws IOException, InterruptedException {
    try (var server = new Measured(command)) {
      var name = "keyferry, in memory";
      var steps =
          new LoadSteps(
              new Target(name, server, "/oauth/device/authorize", "/oauth/token", people));
      steps.warmUp(BUSY, WARM);
      for (var live : LIVE) {
        steps.print("login of %,d".formatted(live), BUSY, steps.logins(live, LOGINS, BUSY));
      }
    }
  }

  private List<String> keyferry(String store, int megabytes)
      throws IOException, InterruptedException {
    var cache = work.resolve("server.aot");
    var server =
        List.of(
            "-classpath",
            classPath,
            LoadServer.class.getName(),
            TEMPLATE.toString(),
            issuer.issuer().toString(),
            store);
    if (!Files.exists(cache)) {
      // G1 is the only collector that keeps objects in the cache.
      train(java(List.of("-XX:AOTCacheOutput=" + cache), server));
    }
    var heap = "-Xmx%dm".formatted(megabytes);
    return java(
        List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on", "-XX:+UseSerialGC", "-Xms16m", heap),
        server);
  }

  /// Restricts the JVM to its first compiler, which finishes sooner.
  private static List<String> onlyFirstCompiler(List<String> command) {
    var options = new ArrayList<>(command);
    options.add(1, "-XX:TieredStopAtLevel=1");
    return options;
  }

  private static List<String> java(List<String> options, List<String> arguments) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.of(List.of(java), options, arguments).flatMap(List::stream).toList();
  }

  private static void train(List<String> command) throws IOException, InterruptedException {
    try (var server = new Measured(command);
        var connection = new PersistentConnection(server.url())) {
      connection.form("/oauth/device/authorize", "client_id=cli");
      server.end();
    }
  }

  /// Packs the path into a jar. The JVM caches only classes from jars, and searches every jar for
  /// some resources.
  private String packed(String path) throws IOException {
    var jar = ToolProvider.findFirst("jar").orElseThrow();
    var number = 0;
    var entries = new ArrayList<String>();
    for (var entry : path.split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        var packed = work.resolve("classes" + number++ + ".jar").toString();
        jar.run(System.out, System.err, "-c", "-f", packed, "-C", entry, ".");
        entries.add(packed);
      } else if (OF_SERVER.matcher(entry).find()) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private List<String> people() throws IOException, InterruptedException {
    var tokens = new ArrayList<String>();
    try (var client = HttpClient.newHttpClient()) {
      for (int person = 0; person < PEOPLE; person++) {
        var form =
            Map.of(
                    "grant_type", "client_credentials",
                    "client_id", "person" + person,
                    "client_secret", "any",
                    "scope", "keyferry/approve")
                .entrySet()
                .stream()
                .map(Object::toString)
                .collect(Collectors.joining("&"));
        var request =
            HttpRequest.newBuilder(URI.create(issuer.issuer() + "/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        var answer = client.send(request, BodyHandlers.ofString()).body();
        tokens.add(new JsonMapper().readTree(answer).path("access_token").asText());
      }
    }
    return tokens;
  }
}
