package dev.keyferry.product.browser;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// The hostile texts of `hostile.json`, for every place where somebody else chooses a text.
final class HostileTexts {
  static final List<String> TEXTS = texts();

  private static final int REPLACEMENT = 0xFFFD;

  private HostileTexts() {}

  /// The text as the page may show it: a mark replaces each character that hides, reorders or
  /// overprints others.
  static String harmless(String text) {
    var marked =
        text.codePoints()
            .map(character -> isHidden(character) ? REPLACEMENT : character)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return marked.replaceAll("\\p{Zs}+", " ").replaceAll("(\\p{M}{3})\\p{M}+", "$1");
  }

  private static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> isBlank(character);
    };
  }

  /// Letters and marks that show nothing in spite of their category.
  private static boolean isBlank(int character) {
    return switch (character) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      default -> character >= 0xFE00 && character < 0xFE0F;
    };
  }

  private static List<String> texts() {
    try (var file = HostileTexts.class.getResourceAsStream("/hostile.json")) {
      return List.copyOf(new JsonMapper().readValue(file, new TypeReference<List<String>>() {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
