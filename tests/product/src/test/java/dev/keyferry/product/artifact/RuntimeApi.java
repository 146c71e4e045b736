package dev.keyferry.product.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.Loopback;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// Lambda's runtime API for one execution environment. It serves each event once. A request for an
/// event waits until there is one.
public final class RuntimeApi implements AutoCloseable {
  /// A step of the runtime, and when it happened by [System#nanoTime].
  public record Step(String name, long at, String body) {}

  private final HttpServer server;

  /// Empty is the end.
  private final BlockingQueue<Optional<String>> events = new LinkedBlockingQueue<>();

  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final CountDownLatch restored = new CountDownLatch(1);

  RuntimeApi() throws IOException {
    server = HttpServer.create(Loopback.port(0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/2018-06-01/runtime/", this::serve);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  void give(String event) {
    events.add(Optional.of(event));
  }

  /// Waits for the runtime's next step.
  Step next() throws InterruptedException {
    return steps.take();
  }

  /// Continues after the snapshot and returns the time at which it did.
  public long restore() {
    var now = System.nanoTime();
    restored.countDown();
    return now;
  }

  /// Records that the process has ended.
  void ended() {
    steps.add(new Step("end", System.nanoTime(), ""));
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var now = System.nanoTime();
      var path = exchange.getRequestURI().getPath();
      var name = path.substring(path.lastIndexOf('/') + 1);
      var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (path.endsWith("/invocation/next")) {
        steps.add(new Step(name, now, body));
        var given = events.take();
        if (given.isEmpty()) {
          return;
        }
        var event = given.get().getBytes(UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
        headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(Long.MAX_VALUE / 1_000_000));
        headers.set(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:us-east-1:000000000000:function:cold");
        headers.set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, event.length);
        exchange.getResponseBody().write(event);
      } else if (path.endsWith("/restore/next")) {
        steps.add(new Step("restore", now, body));
        restored.await();
        exchange.sendResponseHeaders(200, -1);
      } else {
        steps.add(new Step(name, now, body));
        exchange.sendResponseHeaders(202, -1);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    restored.countDown();
    events.add(Optional.empty());
    server.stop(0);
  }
}
