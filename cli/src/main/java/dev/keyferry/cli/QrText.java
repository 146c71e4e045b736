package dev.keyferry.cli;

import dev.keyferry.cli.Terminal.Colours;
import io.nayuki.qrcodegen.DataTooLongException;
import io.nayuki.qrcodegen.QrCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A QR code as lines of half blocks, two modules high and one wide. With colours, it is black on
/// white. Without colours, its light modules are drawn. That is correct on a dark terminal and
/// inverted on a light one, and readers accept both.
final class QrText {
  private static final String RESET = "\u001B[0m";

  /// The margin of the standard, and the smallest that readers accept.
  private static final int[] MARGINS = {4, 2};

  private final QrCode code;
  private final int margin;

  private QrText(QrCode code, int margin) {
    this.code = code;
    this.margin = margin;
  }

  /// Empty if the text is too long, or if the terminal is too small or cannot show it.
  ///
  /// @param rows the rows that are left for it
  static Optional<List<String>> of(String text, Terminal terminal, int rows) {
    if (!terminal.movesCursor() || !terminal.unicode()) {
      return Optional.empty();
    }
    try {
      var code = QrCode.encodeText(text, QrCode.Ecc.LOW);
      for (var margin : MARGINS) {
        var modules = code.size + 2 * margin;
        if (modules <= terminal.columns() && (modules + 1) / 2 <= rows) {
          return Optional.of(new QrText(code, margin).lines(terminal.colours()));
        }
      }
      return Optional.empty();
    } catch (DataTooLongException e) {
      return Optional.empty();
    }
  }

  private List<String> lines(Colours colours) {
    var lines = new ArrayList<String>();
    for (var y = -margin; y < code.size + margin; y += 2) {
      var line = new StringBuilder(start(colours));
      for (var x = -margin; x < code.size + margin; x++) {
        // If the height is odd, the last half row is margin.
        line.append(block(inked(x, y, colours), inked(x, y + 1, colours)));
      }
      lines.add(line.append(colours == Colours.NONE ? "" : RESET).toString());
    }
    return lines;
  }

  private static String start(Colours colours) {
    return switch (colours) {
      case NONE -> "";
      case SIXTEEN -> "\u001B[30;47m";
      // Themes do not change these two colours.
      case MANY -> "\u001B[38;5;16;48;5;231m";
    };
  }

  private boolean inked(int x, int y, Colours colours) {
    return code.getModule(x, y) != (colours == Colours.NONE);
  }

  private static char block(boolean upper, boolean lower) {
    if (upper) {
      return lower ? '█' : '▀';
    }
    return lower ? '▄' : ' ';
  }
}
