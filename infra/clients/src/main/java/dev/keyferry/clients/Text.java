package dev.keyferry.clients;

import java.util.stream.Collectors;

/// A text, and the line it starts on. Printed, it is fit for a message.
public record Text(int line, String text) {
  @Override
  public String toString() {
    return quoted(text);
  }

  /// In quotes, and [plain][#plain(String)].
  static String quoted(String text) {
    return '"' + plain(text) + '"';
  }

  /// On one line, and without a say in how a terminal shows it.
  static String plain(String text) {
    return text.codePoints()
        .mapToObj(point -> isPlain(point) ? Character.toString(point) : "\\u{%X}".formatted(point))
        .collect(Collectors.joining());
  }

  /// Whether a character is seen as itself: neither a control, nor one that turns the text around
  /// it, nor a line's end.
  public static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
