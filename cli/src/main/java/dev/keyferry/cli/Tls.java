package dev.keyferry.cli;

import dev.keyferry.cli.Steps.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Checks the TLS connection to a server.
final class Tls {
  private static final int PATIENCE = 10_000;
  private static final int HTTPS = 443;
  private static final Duration SOON = Duration.ofDays(7);

  private Tls() {}

  static Finding check(URI server) {
    var host = server.getHost();
    if (!server.getScheme().equals("https")) {
      return Finding.ok("not needed: the server is on this machine");
    }
    var port = server.getPort() == -1 ? HTTPS : server.getPort();
    try (var plain = new Socket()) {
      // A server that sends single bytes never exceeds the read timeout, so this bounds the whole.
      CompletableFuture.delayedExecutor(2L * PATIENCE, TimeUnit.MILLISECONDS)
          .execute(() -> close(plain));
      plain.connect(new InetSocketAddress(host, port), PATIENCE);
      plain.setSoTimeout(PATIENCE);
      return handshake(plain, host, port);
    } catch (SSLException e) {
      return Finding.failed(
          "The server's certificate is not trusted: " + e.getMessage(),
          "Check the address and this machine's clock. If your company inspects TLS, trust its CA:"
              + " KEYFERRY_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE.");
    } catch (IOException e) {
      return Finding.failed(
          "Could not connect to " + host + ":" + port + " (" + e.getMessage() + ").",
          "Check the address and your network. A firewall or a proxy may block the connection.");
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Then it is closed.
    }
  }

  private static Finding handshake(Socket plain, String host, int port) throws IOException {
    var sockets = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (var socket = (SSLSocket) sockets.createSocket(plain, host, port, false)) {
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      var session = socket.getSession();
      var certificate = (X509Certificate) session.getPeerCertificates()[0];
      var left = Duration.between(Instant.now(), certificate.getNotAfter().toInstant());
      var found = session.getProtocol() + ", certificate good for " + Formats.duration(left);
      return left.compareTo(SOON) < 0
          ? Finding.warning(found, "Tell the server's operator to renew it.")
          : Finding.ok(found);
    }
  }
}
