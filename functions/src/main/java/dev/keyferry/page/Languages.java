package dev.keyferry.page;

import dev.keyferry.web.Request;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The languages of the page, and the choice of one for a browser.
final class Languages {
  static final List<String> ALL = List.of("en", "de", "es", "ja", "ar");

  private static final List<String> RIGHT_TO_LEFT = List.of("ar");
  private static final String DEFAULT = "en";

  /// The longest `Accept-Language` header that is read, in characters. No one reads that many
  /// languages, and sorting them would only cost time.
  private static final int LONGEST = 1_000;

  private Languages() {}

  /// Chooses by `Accept-Language`, RFC 4647 §3.4: `de-AT` gets `de`.
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
