package dev.keyferry.flow;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// The address that a request came from, as the gateway saw it.
public record Origin(InetAddress address) {
  private static final int SITE_PREFIX_BYTES = 8;
  private static final int IPV6_BYTES = 16;

  /// Parses an address literal, without a name lookup.
  public static Origin parse(String literal) {
    return new Origin(InetAddress.ofLiteral(literal));
  }

  /// The network of one subscriber: an IPv4 address, or an IPv6 /64.
  public String network() {
    if (address instanceof Inet4Address) {
      return toString();
    }
    var prefix = Arrays.copyOf(address.getAddress(), SITE_PREFIX_BYTES);
    try {
      return InetAddress.getByAddress(Arrays.copyOf(prefix, IPV6_BYTES)).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are always an address", e);
    }
  }

  public boolean sharesNetworkWith(Origin other) {
    return network().equals(other.network());
  }

  /// Whether the other address may be in the same network. An IPv4 address and an IPv6 address
  /// cannot be compared, so they may.
  boolean mayShareNetworkWith(Origin other) {
    return address.getClass() != other.address.getClass() || sharesNetworkWith(other);
  }

  @Override
  public String toString() {
    return address.getHostAddress();
  }
}
