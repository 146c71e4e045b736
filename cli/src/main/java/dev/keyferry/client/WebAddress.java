package dev.keyferry.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The addresses that this library calls or opens in a browser: `https`, and `http` on this
/// machine.
public final class WebAddress {
  private static final int LONGEST = 2048;
  private static final int LAST_PORT = 65535;
  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7E]+");
  private static final Pattern LOOPBACK =
      Pattern.compile("127(\\.[0-9]{1,3}){3}|\\[::1]|localhost");

  /// Segments that are empty, `.`, or `..`. With them, the address of the metadata could belong to
  /// another server.
  private static final Pattern ODD_PATH =
      Pattern.compile("//|/(\\.|%2e){1,2}(/|$)", Pattern.CASE_INSENSITIVE);

  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://.*");

  private WebAddress() {}

  /// The address, if it is allowed and absolute, with a host and without user information.
  public static Optional<URI> parse(String text) {
    if (text.length() > LONGEST || !PRINTABLE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new URI(withSchemeInLowerCase(text))).filter(WebAddress::isAllowed);
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /// RFC 3986 §3.1: schemes are case-insensitive.
  private static String withSchemeInLowerCase(String text) {
    var end = Math.max(text.indexOf(':'), 0);
    return text.substring(0, end).toLowerCase(Locale.ROOT) + text.substring(end);
  }

  public static boolean isSafe(URI uri) {
    return parse(uri.toString()).isPresent();
  }

  /// The server address that a person types. `https://` is optional, and one trailing `/` is
  /// dropped.
  public static Optional<URI> issuer(String typed) {
    var text = typed.strip();
    if (!SCHEME.matcher(text).matches()) {
      var host = text.split("[/:]", 2)[0];
      text = (LOOPBACK.matcher(host).matches() ? "http://" : "https://") + text;
    }
    return parse(withoutLastSlash(text))
        .filter(uri -> uri.getRawQuery() == null && uri.getRawFragment() == null)
        .filter(uri -> !uri.getRawPath().endsWith("/"))
        .filter(uri -> !ODD_PATH.matcher(uri.getRawPath()).find());
  }

  /// Compares scheme, host, and port.
  static boolean isSameOrigin(URI one, URI other) {
    return one.getScheme().equals(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : isHttps(uri) ? 443 : 80;
  }

  static String withoutLastSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /// An address that a server names. A remote server must not send this program to a service on
  /// this machine, so it can name only addresses with TLS.
  static Optional<URI> named(URI issuer, String text) {
    return parse(text).filter(uri -> isHttps(uri) || !isHttps(issuer));
  }

  private static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  private static boolean isAllowed(URI uri) {
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getPort() != 0
        && uri.getPort() <= LAST_PORT
        && (isHttps(uri)
            || ("http".equalsIgnoreCase(uri.getScheme())
                && LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches()));
  }
}
