package dev.keyferry.cli;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A terminal's lines as a camera sees them. Each cell is two pixels, one above the other, in the
/// colours of its escape sequences or of the terminal.
final class Pixels {
  private static final Pattern STYLE = Pattern.compile("\u001B\\[([0-9;]*)m");
  private static final int BLACK = 0x000000;
  private static final int WHITE = 0xFFFFFF;
  private static final int SCALE = 6;

  private final int ownInk;
  private final int ownPaper;
  private int ink;
  private int paper;

  private Pixels(boolean dark) {
    ownInk = dark ? WHITE : BLACK;
    ownPaper = dark ? BLACK : WHITE;
    ink = ownInk;
    paper = ownPaper;
  }

  /// The text that a reader finds if it knows only black on white.
  ///
  /// @param dark the terminal's own colours
  static Optional<String> read(List<String> lines, boolean dark) throws ReaderException {
    return read(lines, dark, 0);
  }

  /// The text that a reader finds if it also tries the negative, as phones do.
  static Optional<String> readNegative(List<String> lines, boolean dark) throws ReaderException {
    return read(lines, dark, WHITE);
  }

  private static Optional<String> read(List<String> lines, boolean dark, int flipped)
      throws ReaderException {
    var columns = lines.stream().mapToInt(String::length).max().orElse(0);
    var width = columns * SCALE;
    var height = lines.size() * 2 * SCALE;
    var image = new int[width * height];
    var pixels = new Pixels(dark);
    for (var y = 0; y < lines.size(); y++) {
      pixels.paint(lines.get(y), image, width, y);
    }
    Arrays.setAll(image, i -> image[i] ^ flipped);
    var source = new RGBLuminanceSource(width, height, image);
    try {
      var hints = Map.of(DecodeHintType.TRY_HARDER, true);
      return Optional.of(
          new QRCodeReader()
              .decode(new BinaryBitmap(new HybridBinarizer(source)), hints)
              .getText());
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  private void paint(String line, int[] image, int width, int row) {
    // tmux sends a style once for all lines that share it.
    var column = 0;
    var at = 0;
    var styles = STYLE.matcher(line);
    while (at < line.length()) {
      if (styles.find(at) && styles.start() == at) {
        style(styles.group(1));
        at = styles.end();
      } else {
        var c = line.charAt(at);
        fill(image, width, column, row * 2, c == '█' || c == '▀' ? ink : paper);
        fill(image, width, column, row * 2 + 1, c == '█' || c == '▄' ? ink : paper);
        column++;
        at++;
      }
    }
    for (; column < width / SCALE; column++) {
      fill(image, width, column, row * 2, ownPaper);
      fill(image, width, column, row * 2 + 1, ownPaper);
    }
  }

  private static void fill(int[] image, int width, int column, int row, int colour) {
    for (var y = row * SCALE; y < (row + 1) * SCALE; y++) {
      Arrays.fill(image, y * width + column * SCALE, y * width + (column + 1) * SCALE, colour);
    }
  }

  private void style(String parameters) {
    var numbers = (parameters.isEmpty() ? "0" : parameters).split(";", -1);
    for (var i = 0; i < numbers.length; i++) {
      switch (numbers[i]) {
        case "38", "48" -> {
          var colour = numbers[i + 2].equals("231") ? WHITE : BLACK;
          ink = numbers[i].equals("38") ? colour : ink;
          paper = numbers[i].equals("48") ? colour : paper;
          i += 2;
        }
        case "30" -> ink = BLACK;
        case "47" -> paper = WHITE;
        case "0" -> {
          ink = ownInk;
          paper = ownPaper;
        }
        case "39" -> ink = ownInk;
        case "49" -> paper = ownPaper;
        default -> {}
      }
    }
  }
}
