package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A port of this machine to which the browser brings the answer, RFC 8252 §7.3: `/callback` with
/// the right `state`, once. Everything else is not found, also for another program or web page that
/// guesses the port. Once also it sends the browser on its way from an address that says nothing:
/// the arguments of the command that opens a browser are for all users of the machine to read.
final class Callback implements AutoCloseable {
  private static final String PATH = "/callback";
  private static final int LONGEST_QUERY = 8 * 1024;
  private static final int OPENER_BITS = 128;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String state;
  private final String openerPath = "/" + Draw.bits(OPENER_BITS);
  private final AtomicReference<@Nullable URI> destination = new AtomicReference<>();
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final AtomicReference<@Nullable Map<String, String>> answer = new AtomicReference<>();

  private Callback(HttpServer server, String state) {
    this.server = server;
    this.state = state;
  }

  static Callback listen(String state) throws LoginException {
    try {
      var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      var server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
      var callback = new Callback(server, state);
      server.createContext("/", callback::handle);
      server.setExecutor(callback.threads);
      server.start();
      return callback;
    } catch (IOException e) {
      throw new LoginException.Unreachable("No port of this machine could be opened.", e);
    }
  }

  URI uri() {
    return at(PATH);
  }

  /// Where the browser is sent on to the destination, the first time.
  URI opener(URI destination) {
    this.destination.set(destination);
    return at(openerPath);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /// Opens when the browser was here.
  CountDownLatch arrived() {
    return arrived;
  }

  /// The parameters that it brought.
  Optional<Map<String, String>> answer() {
    return Optional.ofNullable(answer.get());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (isOpener(exchange)) {
        sendOn(exchange);
        return;
      }
      var parameters = parameters(exchange);
      if (parameters.isEmpty() || !answer.compareAndSet(null, parameters.get())) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      try {
        send(exchange, parameters.get().containsKey("code") ? "Nearly done" : "Not logged in");
      } finally {
        exchange.close();
        // Last, because who waits for it closes the port.
        arrived.countDown();
      }
    }
  }

  private boolean isOpener(HttpExchange exchange) {
    var path = exchange.getRequestURI().getRawPath();
    return exchange.getRequestMethod().equals("GET")
        && path != null
        && exchange.getRequestURI().getRawQuery() == null
        && MessageDigest.isEqual(path.getBytes(UTF_8), openerPath.getBytes(UTF_8));
  }

  private void sendOn(HttpExchange exchange) throws IOException {
    var once = destination.getAndSet(null);
    if (once == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Location", once.toString());
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(302, -1);
  }

  private static void send(HttpExchange exchange, String title) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "text/html; charset=utf-8");
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Connection", "close");
    var page = page(title).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
  }

  private static String page(String title) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>%s</title>
    <h1>%1$s</h1>
    <p>You can close this window and go back to the program that sent you here.</p>
    </html>
    """
        .formatted(title);
  }

  /// The answer's, if this is the answer: it has the state, and a code or an error.
  private Optional<Map<String, String>> parameters(HttpExchange exchange) {
    var uri = exchange.getRequestURI();
    var query = Optional.ofNullable(uri.getRawQuery()).orElse("");
    if (!exchange.getRequestMethod().equals("GET")
        || !PATH.equals(uri.getRawPath())
        || query.length() > LONGEST_QUERY) {
      return Optional.empty();
    }
    return parse(query)
        .filter(parameters -> isState(parameters.getOrDefault("state", "")))
        .filter(parameters -> parameters.containsKey("code") != parameters.containsKey("error"));
  }

  private boolean isState(String given) {
    return MessageDigest.isEqual(given.getBytes(UTF_8), state.getBytes(UTF_8));
  }

  /// Empty if anything is there twice (RFC 6749 §3.1) or badly encoded.
  private static Optional<Map<String, String>> parse(String query) {
    var parameters = new HashMap<String, String>();
    try {
      for (var pair : query.split("&", -1)) {
        var parts = pair.split("=", 2);
        var value = parts.length == 2 ? URLDecoder.decode(parts[1], UTF_8) : "";
        if (parameters.put(URLDecoder.decode(parts[0], UTF_8), value) != null) {
          return Optional.empty();
        }
      }
      return Optional.of(parameters);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
