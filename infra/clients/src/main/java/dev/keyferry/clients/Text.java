package dev.keyferry.clients;

import java.util.stream.Collectors;

/// A text and the line that it starts on. [#toString] is safe in a message.
public record Text(int line, String text) {
  @Override
  public String toString() {
    return quoted(text);
  }

  /// In quotes, and [plain][#plain(String)].
  static String quoted(String text) {
    return '"' + plain(text) + '"';
  }

  /// On one line, with every character escaped that could change how a terminal shows the text.
  static String plain(String text) {
    return text.codePoints()
        .mapToObj(point -> isPlain(point) ? Character.toString(point) : "\\u{%X}".formatted(point))
        .collect(Collectors.joining());
  }

  /// Whether a character is shown as itself. Controls, line ends, and characters that change the
  /// direction of the text around them are not.
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
