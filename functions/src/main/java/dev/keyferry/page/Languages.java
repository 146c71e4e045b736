package dev.keyferry.page;

import dev.keyferry.web.Request;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The languages that the page speaks, and which of them a browser prefers.
final class Languages {
  static final List<String> ALL = List.of("en", "de", "es", "ja", "ar");

  private static final List<String> RIGHT_TO_LEFT = List.of("ar");
  private static final String DEFAULT = "en";

  /// No person reads so many languages, and to sort them would cost whoever is not asked for it.
  private static final int LONGEST = 1_000;

  private Languages() {}

  /// By `Accept-Language`, RFC 4647 §3.4: `de-AT` is served with `de`.
  static String preferred(Request request) {
    return request.header("accept-language").flatMap(Languages::lookup).orElse(DEFAULT);
  }

  private static Optional<String> lookup(String accepted) {
    if (accepted.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      return Locale.LanguageRange.parse(accepted.replace(" ", "")).stream()
          .filter(range -> range.getWeight() > 0)
          .map(range -> range.getRange().split("-", 2)[0])
          .filter(ALL::contains)
          .findFirst();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static String direction(String language) {
    return RIGHT_TO_LEFT.contains(language) ? "rtl" : "ltr";
  }
}
