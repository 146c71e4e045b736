package dev.keyferry.local;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/// The only address that the local stack listens on.
public final class Loopback {
  static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");

  private Loopback() {}

  public static InetSocketAddress port(int port) {
    return new InetSocketAddress(ADDRESS, port);
  }

  public static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
