package dev.keyferry.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.product.PersistentConnection;
import dev.keyferry.product.PersistentConnection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// The steps of logins on one server, with their throughput on this many connections and their cost
/// to the server. Each step uses what the previous one leaves.
final class LoadSteps {
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  private static final JsonMapper JSON = new JsonMapper();

  /// A server, its endpoints, and the tokens of its approving users. The tokens are empty if
  /// approval requires a browser.
  record Target(
      String name, Measured server, String authorize, String token, List<String> people) {}

  /// @param millis of each, in order
  /// @param cpu milliseconds of the server's processor time for each
  record Result(double perSecond, List<Double> millis, long errors, double cpu) {
    double percentile(double share) {
      return millis.isEmpty() ? 0 : millis.get((int) (share * (millis.size() - 1)));
    }
  }

  private record Codes(String device, String user) {}

  /// One request, or several that belong together.
  private interface Step {
    /// @return whether it succeeded; empty if there is nothing left to do
    Optional<Boolean> take(PersistentConnection server, int connection) throws IOException;
  }

  private record Share(List<Long> nanos, long errors) {}

  private final Target target;
  private final Queue<Codes> asked = new ConcurrentLinkedQueue<>();
  private final Queue<Codes> polled = new ConcurrentLinkedQueue<>();
  private final Queue<Codes> approved = new ConcurrentLinkedQueue<>();
  private final Queue<String> keys = new ConcurrentLinkedQueue<>();

  LoadSteps(Target target) {
    this.target = target;
  }

  /// Runs all steps that the server supports, and prints a line for each.
  void run(int connections, int seconds) throws InterruptedException, IOException {
    for (var step : steps().entrySet()) {
      print(step.getKey(), connections, during(seconds, connections, step.getValue()));
    }
    asked.clear();
    polled.clear();
    approved.clear();
  }

  /// Runs until the server has compiled the code that the measurement uses.
  void warmUp(int connections, int requests) throws InterruptedException, IOException {
    for (var step : steps().values()) {
      times(requests, connections, step);
    }
    asked.clear();
    polled.clear();
    approved.clear();
  }

  private Map<String, Step> steps() {
    var steps = new LinkedHashMap<String, Step>();
    steps.put("authorize", this::authorize);
    steps.put("poll, pending", this::poll);
    if (!target.people().isEmpty()) {
      steps.put("claim, approve", this::approve);
      steps.put("poll, minting", this::mint);
      steps.put("verify", this::verify);
    }
    return steps;
  }

  /// The cost of whole logins while this many others are open.
  Result logins(int live, int logins, int connections) throws InterruptedException, IOException {
    times(Math.max(0, live - asked.size()), connections, this::authorize);
    return times(logins, connections, this::login);
  }

  static void title() {
    System.out.printf(
        "%n%-36s %-16s %5s %9s %8s %8s %7s %8s%n",
        "server", "step", "conns", "per s", "p50 ms", "p99 ms", "errors", "cpu ms");
  }

  void print(String step, int connections, Result result) {
    System.out.printf(
        "%-36s %-16s %5d %,9.0f %8.2f %8.2f %7d %8.3f%n",
        target.name(),
        step,
        connections,
        result.perSecond(),
        result.percentile(0.5),
        result.percentile(0.99),
        result.errors(),
        result.cpu());
  }

  private Result during(int seconds, int connections, Step step)
      throws InterruptedException, IOException {
    var end = System.nanoTime() + seconds * 1_000_000_000L;
    return measure(connections, () -> System.nanoTime() < end, step);
  }

  private Result times(int count, int connections, Step step)
      throws InterruptedException, IOException {
    var left = new AtomicInteger(count);
    return measure(connections, () -> left.getAndDecrement() > 0, step);
  }

  private Result measure(int connections, BooleanSupplier goesOn, Step step)
      throws InterruptedException, IOException {
    var cpu = target.server().cpu();
    var began = System.nanoTime();
    var shares = new ArrayList<Share>();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var work =
          IntStream.range(0, connections)
              .<Callable<Share>>mapToObj(number -> () -> work(number, goesOn, step))
              .toList();
      for (var share : threads.invokeAll(work)) {
        shares.add(share.get());
      }
    } catch (ExecutionException e) {
      throw new IOException(target.name() + " failed", e);
    }
    var seconds = (System.nanoTime() - began) / 1e9;
    var millis =
        shares.stream()
            .flatMap(share -> share.nanos().stream())
            .map(nanos -> nanos / 1e6)
            .sorted()
            .toList();
    return new Result(
        millis.size() / seconds,
        millis,
        shares.stream().mapToLong(Share::errors).sum(),
        (target.server().cpu() - cpu) / Math.max(1, millis.size()));
  }

  private Share work(int number, BooleanSupplier goesOn, Step step) throws IOException {
    var nanos = new ArrayList<Long>();
    var errors = 0;
    try (var connection = new PersistentConnection(target.server().url())) {
      while (goesOn.getAsBoolean()) {
        var began = System.nanoTime();
        var well = step.take(connection, number);
        if (well.isEmpty()) {
          break;
        }
        nanos.add(System.nanoTime() - began);
        errors += well.get() ? 0 : 1;
      }
    }
    return new Share(nanos, errors);
  }

  private Optional<Boolean> authorize(PersistentConnection server, int number) throws IOException {
    var answer = server.form(target.authorize(), "client_id=cli");
    return Optional.of(answer.status() == 200 && asked.add(codes(answer)));
  }

  private Optional<Boolean> poll(PersistentConnection server, int number) throws IOException {
    var codes = asked.poll();
    if (codes == null) {
      return Optional.empty();
    }
    var answer = token(server, codes);
    return Optional.of(answer.body().contains("authorization_pending") && polled.add(codes));
  }

  private Optional<Boolean> approve(PersistentConnection server, int number) throws IOException {
    var codes = polled.poll();
    if (codes == null) {
      return Optional.empty();
    }
    return Optional.of(approve(server, number, codes) && approved.add(codes));
  }

  private boolean approve(PersistentConnection server, int number, Codes codes) throws IOException {
    var person = target.people().get(number % target.people().size());
    var code = JSON.createObjectNode().put("user_code", codes.user());
    var screen = server.json("/oauth/device/claim", person, code.toString());
    code.put("approval_nonce", json(screen).path("approval_nonce").asText());
    return server.json("/oauth/device/approve", person, code.toString()).status() == 200;
  }

  private Optional<Boolean> mint(PersistentConnection server, int number) throws IOException {
    var codes = approved.poll();
    if (codes == null) {
      return Optional.empty();
    }
    var answer = token(server, codes);
    return Optional.of(
        answer.status() == 200 && keys.add(json(answer).path("access_token").asText()));
  }

  private Optional<Boolean> verify(PersistentConnection server, int number) throws IOException {
    var key = keys.remove();
    keys.add(key);
    return Optional.of(server.get("/whoami", key).status() == 200);
  }

  private Optional<Boolean> login(PersistentConnection server, int number) throws IOException {
    var codes = codes(server.form(target.authorize(), "client_id=cli"));
    return Optional.of(
        token(server, codes).body().contains("authorization_pending")
            && approve(server, number, codes)
            && token(server, codes).status() == 200);
  }

  private Answer token(PersistentConnection server, Codes codes) throws IOException {
    return server.form(
        target.token(), "grant_type=" + GRANT + "&client_id=cli&device_code=" + codes.device());
  }

  private static Codes codes(Answer answer) throws IOException {
    var codes = json(answer);
    return new Codes(codes.path("device_code").asText(), codes.path("user_code").asText());
  }

  private static JsonNode json(Answer answer) throws IOException {
    return JSON.readTree(answer.body());
  }
}
