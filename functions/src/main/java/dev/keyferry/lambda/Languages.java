package dev.keyferry.lambda;

import dev.keyferry.web.Request;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The languages that the page speaks, and which of them a browser prefers.
final class Languages {
  static final List<String> ALL = List.of("en", "de", "es", "ja", "ar");

  private static final List<String> RIGHT_TO_LEFT = List.of("ar");
  private static final String DEFAULT = "en";

  private Languages() {}

  /// By `Accept-Language`, RFC 4647 §3.4: `de-AT` is served with `de`.
  static String preferred(Request request) {
    return request.header("accept-language").flatMap(Languages::lookup).orElse(DEFAULT);
  }

  private static Optional<String> lookup(String accepted) {
    try {
      return Optional.ofNullable(
          Locale.lookupTag(Locale.LanguageRange.parse(accepted.replace(" ", "")), ALL));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static String direction(String language) {
    return RIGHT_TO_LEFT.contains(language) ? "rtl" : "ltr";
  }
}
