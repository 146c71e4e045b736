package dev.keyferry.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A user code in letters of five by five, drawn with half blocks.
final class BigText {
  private static final int SIZE = 5;
  private static final int GAP = 2;

  /// A letter, then its five rows.
  private static final String LETTERS =
      """
      A .###. #...# ##### #...# #...#
      B ####. #...# ####. #...# ####.
      C .#### #.... #.... #.... .####
      D ####. #...# #...# #...# ####.
      E ##### #.... ####. #.... #####
      F ##### #.... ####. #.... #....
      G .#### #.... #..## #...# .####
      H #...# #...# ##### #...# #...#
      I ##### ..#.. ..#.. ..#.. #####
      J ..### ...#. ...#. #..#. .##..
      K #..#. #.#.. ##... #.#.. #..#.
      L #.... #.... #.... #.... #####
      M #...# ##.## #.#.# #...# #...#
      N #...# ##..# #.#.# #..## #...#
      O .###. #...# #...# #...# .###.
      P ####. #...# ####. #.... #....
      Q .###. #...# #.#.# #..#. .##.#
      R ####. #...# ####. #..#. #...#
      S .#### #.... .###. ....# ####.
      T ##### ..#.. ..#.. ..#.. ..#..
      U #...# #...# #...# #...# .###.
      V #...# #...# #...# .#.#. ..#..
      W #...# #...# #.#.# ##.## #...#
      X #...# .#.#. ..#.. .#.#. #...#
      Y #...# .#.#. ..#.. ..#.. ..#..
      Z ##### ...#. ..#.. .#... #####
      0 .###. #..## #.#.# ##..# .###.
      1 ..#.. .##.. ..#.. ..#.. .###.
      2 ####. ....# .###. #.... #####
      3 ####. ....# .###. ....# ####.
      4 #..#. #..#. ##### ...#. ...#.
      5 ##### #.... ####. ....# ####.
      6 .###. #.... ####. #...# .###.
      7 ##### ....# ...#. ..#.. ..#..
      8 .###. #...# .###. #...# .###.
      9 .###. #...# .#### ....# .###.
      - ..... ..... .###. ..... .....
      """;

  private BigText() {}

  private static Map<Character, String[]> letters() {
    var letters = new HashMap<Character, String[]>();
    LETTERS.lines().forEach(line -> letters.put(line.charAt(0), line.substring(2).split(" ", -1)));
    return letters;
  }

  /// Empty if a character has no shape here, or if the terminal is too small or cannot show it.
  static Optional<List<String>> of(String text, Terminal terminal) {
    var letters = letters();
    var upper = text.toUpperCase(Locale.ROOT);
    var fits = upper.length() * (SIZE + GAP) <= terminal.columns();
    if (!terminal.movesCursor()
        || !terminal.unicode()
        || !fits
        || upper.chars().anyMatch(c -> !letters.containsKey((char) c))) {
      return Optional.empty();
    }
    var lines = new ArrayList<String>();
    for (var row = 0; row < SIZE; row += 2) {
      var line = new StringBuilder();
      for (var i = 0; i < upper.length(); i++) {
        var letter = letters.getOrDefault(upper.charAt(i), new String[0]);
        for (var column = 0; column < SIZE; column++) {
          line.append(block(inked(letter, column, row), inked(letter, column, row + 1)));
        }
        line.append(" ".repeat(GAP));
      }
      lines.add(line.toString().stripTrailing());
    }
    return Optional.of(lines);
  }

  private static boolean inked(String[] letter, int column, int row) {
    return row < letter.length && letter[row].charAt(column) == '#';
  }

  private static char block(boolean upper, boolean lower) {
    if (upper) {
      return lower ? '█' : '▀';
    }
    return lower ? '▄' : ' ';
  }
}
