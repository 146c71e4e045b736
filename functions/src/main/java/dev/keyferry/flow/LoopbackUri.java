package dev.keyferry.flow;

import java.util.regex.Pattern;

/// A registered redirect URI on the user's own machine, RFC 8252 §7.3. It has no port, because a
/// client takes whichever port is free.
///
/// @param origin `http://127.0.0.1` or `http://[::1]`
/// @param path from its first slash
public record LoopbackUri(String origin, String path) {
  private static final Pattern REGISTERED =
      Pattern.compile("(http://(?:127\\.0\\.0\\.1|\\[::1]))(/[A-Za-z0-9._~/-]*)");
  private static final Pattern PORT = Pattern.compile(":([1-9][0-9]{0,4})");
  private static final int LARGEST_PORT = 65_535;

  public static LoopbackUri parse(String registered) {
    var form = REGISTERED.matcher(registered);
    if (!form.matches()) {
      throw new IllegalArgumentException("not a loopback redirect URI: " + registered);
    }
    return new LoopbackUri(form.group(1), form.group(2));
  }

  /// Whether this is the URI that a client asked to be answered at. All but the port is compared
  /// character by character (RFC 9700 §2.1). Nothing is parsed, so nothing can be read in two
  /// ways.
  public boolean fits(String asked) {
    if (!asked.startsWith(origin) || !asked.endsWith(path)) {
      return false;
    }
    var end = asked.length() - path.length();
    return end >= origin.length() && isPort(asked.substring(origin.length(), end));
  }

  private static boolean isPort(String text) {
    var port = PORT.matcher(text);
    return text.isEmpty() || (port.matches() && Integer.parseInt(port.group(1)) <= LARGEST_PORT);
  }
}
