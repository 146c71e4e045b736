package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that writes anything that a test wants to the socket, even if it is not HTTP.
final class HostileServer implements AutoCloseable {
  /// The reaction to a request.
  interface Attack {
    void on(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listening;
  private final Map<String, Attack> attacks = new ConcurrentHashMap<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  final List<String> asked = new CopyOnWriteArrayList<>();

  HostileServer() {
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::listen);
    attack("/.well-known/oauth-authorization-server", says(200, metadata()));
    attack(
        "/device",
        says(
            200,
            """
            {"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"%s/go","expires_in":600}\
            """
                .formatted(issuer())));
  }

  URI issuer() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  String metadata() {
    return """
    {"issuer":"%1$s","token_endpoint":"%1$s/token","device_authorization_endpoint":"%1$s/device",
     "authorization_endpoint":"%1$s/authorize"}\
    """
        .formatted(issuer());
  }

  void attack(String path, Attack attack) {
    attacks.put(path, attack);
  }

  static Attack says(int status, String body, String... headers) {
    var bytes = body.getBytes(UTF_8);
    return out -> {
      out.write(head(status, "Content-Length: " + bytes.length, headers));
      out.write(bytes);
    };
  }

  static byte[] head(int status, String header, String... headers) {
    return ("HTTP/1.1 "
            + status
            + " x\r\nConnection: close\r\n"
            + header
            + "\r\n"
            + String.join("\r\n", headers)
            + (headers.length == 0 ? "\r\n" : "\r\n\r\n"))
        .getBytes(ISO_8859_1);
  }

  private void listen() {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var path = read(socket.getInputStream());
      asked.add(path);
      attacks.getOrDefault(path, says(404, "{}")).on(socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException | InterruptedException _) {
      // The client closed the connection.
    }
  }

  /// Reads one request with its body, and returns its path.
  private static String read(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      var next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    for (var line : head.toString().split("\r\n", -1)) {
      if (line.startsWith("Content-Length: ")) {
        in.readNBytes(Integer.parseInt(line.substring("Content-Length: ".length())));
      }
    }
    return head.toString().split(" ", 3)[1];
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
