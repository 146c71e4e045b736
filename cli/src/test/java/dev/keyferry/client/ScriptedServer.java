package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// An authorization server with scripted responses. It records its requests.
final class ScriptedServer implements AutoCloseable {
  record Answer(int status, String body, Map<String, String> headers) {
    Answer(int status, String body) {
      this(status, body, Map.of());
    }

    static Answer error(String error) {
      return new Answer(400, "{\"error\":\"" + error + "\"}");
    }
  }

  /// @param parameters of the form
  record Asked(String path, Map<String, String> parameters, Map<String, String> headers) {
    String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// Closes the connection without a response.
  static final Answer HANG_UP = new Answer(0, "");

  static final Answer PENDING = Answer.error("authorization_pending");
  static final Answer TOKENS =
      new Answer(
          200,
          """
          {"access_token":"kf_1","token_type":"Bearer","expires_in":3600,"scope":"read",
           "refresh_token":"kfr_1","sub":"alice","name":"Alice"}\
          """);

  private final HttpServer server;
  private final Map<String, Queue<Answer>> answers = new HashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  ScriptedServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    answer("/.well-known/oauth-authorization-server", new Answer(200, metadata("")));
  }

  URI issuer() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// @param more members, each after a comma
  String metadata(String more) {
    return """
    {"issuer":"%1$s","token_endpoint":"%1$s/token","device_authorization_endpoint":"%1$s/device",
     "authorization_endpoint":"%1$s/authorize","revocation_endpoint":"%1$s/revoke"%2$s}\
    """
        .formatted(issuer(), more);
  }

  /// The next responses, in order. The last one is repeated.
  void answer(String path, Answer... inTurn) {
    synchronized (answers) {
      answers.put(path, new ArrayDeque<>(List.of(inTurn)));
    }
  }

  void codes(String more) {
    answer(
        "/device",
        new Answer(
            200,
            """
            {"device_code":"device-code","user_code":"WDJB-MJHT",
             "verification_uri":"%1$s/device","verification_uri_complete":"%1$s/device?user_code=WDJB"
             %2$s}\
            """
                .formatted(issuer(), more)));
  }

  Server discover() throws LoginException, InterruptedException {
    return Server.discover(Http.create(), issuer());
  }

  List<Asked> asked(String path) {
    return asked.stream().filter(request -> request.path().equals(path)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      var headers = new HashMap<String, String>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      var path = exchange.getRequestURI().getPath();
      asked.add(new Asked(path, form(body), headers));
      var answer = next(path);
      if (answer.status() == 0) {
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      var bytes = answer.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Answer next(String path) {
    synchronized (answers) {
      var left = answers.getOrDefault(path, new ArrayDeque<>());
      var next = left.size() > 1 ? left.poll() : left.peek();
      return next == null ? new Answer(404, "{\"message\":\"Not Found\"}") : next;
    }
  }

  static Map<String, String> form(String text) {
    var parameters = new HashMap<String, String>();
    for (var pair : text.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length == 2) {
        parameters.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
      }
    }
    return parameters;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
