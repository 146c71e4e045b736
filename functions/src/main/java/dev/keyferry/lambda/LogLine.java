package dev.keyferry.lambda;

import dev.keyferry.web.StrictJson;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A line of JSON for the operator's log. People and identity providers choose some of its texts.
/// Therefore every character that a terminal does not show, or that changes how it shows its
/// neighbours, is written as an escape: control and format characters, such as those that change
/// the direction of text, line separators, unassigned and private characters, and letters and marks
/// that are invisible.
final class LogLine {
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{C}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164"
              + "\\uFE00-\\uFE0F\\uFFA0\\x{E0100}-\\x{E01EF}]");

  private LogLine() {}

  /// Escapes the finished JSON, in which such a character is always part of a text.
  static String of(Map<String, ?> facts) {
    return INVISIBLE
        .matcher(StrictJson.write(facts))
        .replaceAll(found -> Matcher.quoteReplacement(escape(found.group())));
  }

  private static String escape(String character) {
    var escapes = new StringBuilder();
    character.chars().forEach(unit -> escapes.append("\\u%04x".formatted(unit)));
    return escapes.toString();
  }
}
