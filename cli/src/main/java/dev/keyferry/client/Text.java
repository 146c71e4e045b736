package dev.keyferry.client;

/// Text of a server, as it may be shown in a terminal.
public final class Text {
  private Text() {}

  /// One line without control characters, escape sequences or marks that turn the reading direction,
  /// of at most so many characters.
  public static String clean(String text, int most) {
    return Soon.later(text, most);
  }
}
