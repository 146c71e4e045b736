package dev.keyferry.flow;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/// The address a request came from, as the gateway saw it.
public record Origin(InetAddress address) {
  private static final int SITE_PREFIX_BYTES = 8;

  /// Reads an address literal; never looks a name up.
  public static Origin parse(String literal) {
    return new Origin(InetAddress.ofLiteral(literal));
  }

  /// Whether both addresses are one subscriber's: the same IPv4 address, or the same IPv6 /64.
  public boolean sharesNetworkWith(Origin other) {
    if (address instanceof Inet4Address || other.address instanceof Inet4Address) {
      return address.equals(other.address);
    }
    return Arrays.equals(
        address.getAddress(),
        0,
        SITE_PREFIX_BYTES,
        other.address.getAddress(),
        0,
        SITE_PREFIX_BYTES);
  }

  @Override
  public String toString() {
    return address.getHostAddress();
  }
}
