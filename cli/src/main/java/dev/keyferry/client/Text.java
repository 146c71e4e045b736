package dev.keyferry.client;

import java.util.regex.Pattern;

/// Cleans text from a server so that a terminal can show it safely.
public final class Text {
  /// ECMA-48: control sequences (CSI) and control strings (OSC, DCS, SOS, PM, APC), in 7 and 8
  /// bits.
  private static final Pattern ESCAPES =
      Pattern.compile(
          "(?:\\x1B\\[|\\x9B)[0-?]*+[ -/]*+[@-~]"
              + "|(?:\\x1B[\\]PX^_]|[\\x9D\\x90\\x98\\x9E\\x9F])[^\\x07\\x1B\\x9C]*+"
              + "(?:\\x07|\\x1B\\\\|\\x9C|$)");

  /// The two joiners shape letters in Persian and Indic scripts, and do not change the reading
  /// direction.
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;

  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Text() {}

  /// One line without control characters, escape sequences, or marks that change the reading
  /// direction.
  ///
  /// @param most the largest number of characters
  public static String clean(String text, int most) {
    // Bounds the work on hostile text. The rest would be cut off below anyway.
    var bounded = text.length() > 16 * most ? text.substring(0, 16 * most) : text;
    var clean = new StringBuilder();
    ESCAPES
        .matcher(bounded)
        .replaceAll("")
        .codePoints()
        .forEach(character -> {
          if (isSpace(character)) {
            if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
              clean.append(' ');
            }
          } else if (isShown(character)) {
            clean.appendCodePoint(character);
          }
        });
    return cut(clean.toString().strip(), most);
  }

  private static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
  }

  private static boolean isSpace(int character) {
    return Character.isWhitespace(character) || Character.isSpaceChar(character);
  }

  private static boolean isShown(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
          false;
      case Character.FORMAT -> character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
      default -> true;
    };
  }
}
