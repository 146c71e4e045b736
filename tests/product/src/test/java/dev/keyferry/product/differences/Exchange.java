package dev.keyferry.product.differences;

import dev.keyferry.local.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request that both servers receive: a line of `exchanges.txt`.
///
/// @param target path and query
record Exchange(
    String name, String method, String target, Map<String, String> headers, String body) {
  private static final Pattern LINE =
      Pattern.compile("(\\S.*?) *\\| ([A-Z]+) (\\S.*?)((?: \\[[^]]+])*) \\| ?(.*)");
  private static final Pattern HEADER = Pattern.compile("\\[([a-z-]+): ?([^]]*)]");
  private static final Pattern IN_BRACES = Pattern.compile("\\{([a-z9][^{}\"]*)}");

  static List<Exchange> all() {
    try (var file = Exchange.class.getResourceAsStream("/exchanges.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Exchange::parse)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Exchange parse(String text) {
    var line = LINE.matcher(text);
    if (!line.matches()) {
      throw new AssertionError("not name | request | body: " + text);
    }
    var headers = new LinkedHashMap<String, String>();
    if (line.group(2).equals("POST")) {
      headers.put("content-type", "application/x-www-form-urlencoded");
    }
    HEADER.matcher(line.group(4)).results().forEach(set -> headers.put(set.group(1), set.group(2)));
    headers.values().removeIf(String::isEmpty);
    return new Exchange(line.group(1), line.group(2), line.group(3), headers, line.group(5));
  }

  /// The request with new credentials in place of the names in braces.
  Api.Call with(Credentials credentials) {
    var filled = new LinkedHashMap<String, String>();
    headers.forEach((name, value) -> filled.put(name, fill(value, credentials)));
    return new Api.Call(method, fill(target, credentials), "", filled, fill(body, credentials));
  }

  private static String fill(String text, Credentials credentials) {
    return IN_BRACES.matcher(text).replaceAll(found -> quote(found, credentials));
  }

  private static String quote(MatchResult found, Credentials credentials) {
    return Matcher.quoteReplacement(credentials.make(found.group(1)));
  }
}
