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

/// A port of this machine that receives the browser's redirect, RFC 8252 §7.3: `/callback` with the
/// right `state`, once. Every other request gets 404, so another program or web page that guesses
/// the port learns nothing. The port also redirects the browser to the authorization endpoint,
/// once, from an address without parameters. All users of the machine can read the arguments of the
/// command that opens a browser.
final class Callback implements AutoCloseable {
  private static final String PATH = "/callback";
  private static final int LONGEST_QUERY = 8 * 1024;
  private static final int OPENER_BITS = 128;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String state;
  private final String openerPath = "/" + Base64Url.random(OPENER_BITS);
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
      throw new LoginException.Unreachable("Could not open a port on this machine.", e);
    }
  }

  URI uri() {
    return at(PATH);
  }

  /// The address that redirects the browser to the destination, once.
  URI opener(URI destination) {
    this.destination.set(destination);
    return at(openerPath);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /// Opens when the redirect has arrived.
  CountDownLatch arrived() {
    return arrived;
  }

  /// The parameters of the redirect.
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
        send(exchange, parameters.get().containsKey("code") ? "Almost done" : "Not logged in");
      } finally {
        exchange.close();
        // Last, because the waiting thread closes the port.
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
    <p>You can close this window and return to the program that opened it.</p>
    </html>
    """
        .formatted(title);
  }

  /// The parameters of a redirect with the right state and either a code or an error; otherwise
  /// empty.
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

  /// Empty if a parameter is repeated (RFC 6749 §3.1) or badly encoded.
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
