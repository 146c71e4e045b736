package dev.keyferry.cli;

import dev.keyferry.cli.Steps.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A look at the connection to a server, below HTTP.
final class Tls {
  private static final int PATIENCE = 10_000;
  private static final int HTTPS = 443;
  private static final Duration SOON = Duration.ofDays(7);

  private Tls() {}

  static Finding look(URI server) {
    var host = server.getHost();
    if (!server.getScheme().equals("https")) {
      return Finding.ok("not needed: the server is on this machine");
    }
    var port = server.getPort() == -1 ? HTTPS : server.getPort();
    try (var plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), PATIENCE);
      plain.setSoTimeout(PATIENCE);
      return handshake(plain, host, port);
    } catch (SSLException e) {
      return Finding.failed(
          "The server's certificate is not accepted: " + e.getMessage(),
          "Check the address and this clock. If your company inspects TLS, trust its authority:"
              + " KEYFERRY_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE.");
    } catch (IOException e) {
      return Finding.failed(
          "No connection to " + host + ":" + port + " (" + e.getMessage() + ").",
          "Check the address, your network, and whether a firewall or proxy is in between.");
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
      var found = session.getProtocol() + ", certificate good for " + Words.lasting(left);
      return left.compareTo(SOON) < 0
          ? Finding.warning(found, "Tell the server's operator to renew it.")
          : Finding.ok(found);
    }
  }
}
