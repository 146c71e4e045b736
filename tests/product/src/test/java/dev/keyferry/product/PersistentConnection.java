package dev.keyferry.product;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;

/// A persistent HTTP/1.1 connection. It implements only what a load test needs, which leaves the
/// processor to the server.
public final class PersistentConnection implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final String host;

  public record Answer(int status, String body) {}

  public PersistentConnection(URI server) throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    host = server.getAuthority();
  }

  public Answer form(String path, String form) throws IOException {
    return send("POST " + path, "Content-Type: application/x-www-form-urlencoded\r\n", form);
  }

  public Answer json(String path, String bearer, String json) throws IOException {
    return send(
        "POST " + path,
        "Authorization: Bearer " + bearer + "\r\nContent-Type: application/json\r\n",
        json);
  }

  public Answer get(String path, String bearer) throws IOException {
    return send("GET " + path, "Authorization: Bearer " + bearer + "\r\n", "");
  }

  /// @param request method and path
  /// @param headers those that not every request has, one per line
  public Answer send(String request, String headers, String body) throws IOException {
    var bytes = body.getBytes(UTF_8);
    var head =
        "%s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(request, host, headers, bytes.length);
    var message = new byte[head.length() + bytes.length];
    System.arraycopy(head.getBytes(ISO_8859_1), 0, message, 0, head.length());
    System.arraycopy(bytes, 0, message, head.length(), bytes.length);
    socket.getOutputStream().write(message);
    return receive();
  }

  private Answer receive() throws IOException {
    var status = Integer.parseInt(line().split(" ", 3)[1]);
    var length = 0;
    for (var header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    return new Answer(status, new String(in.readNBytes(length), UTF_8));
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server hung up");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
