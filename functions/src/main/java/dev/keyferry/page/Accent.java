package dev.keyferry.page;

import java.util.Locale;
import java.util.regex.Pattern;

/// The operator's accent color and the shades derived from it. Text on the color, and the color as
/// text on the page's light and dark background, keep the contrast of 4.5:1 that WCAG 2.2 §1.4.3
/// requires.
record Accent(int red, int green, int blue) {
  private static final double LEGIBLE = 4.5;
  private static final double STEP = 0.04;
  private static final Pattern FORM = Pattern.compile("#[0-9A-Fa-f]{6}");
  private static final Accent BLACK = parse("#000000");
  private static final Accent WHITE = parse("#ffffff");

  /// The backgrounds in `device.css` on which the color appears as text with the least contrast.
  static final Accent LIGHT_GROUND = parse("#e8f1f3");

  static final Accent DARK_GROUND = parse("#1f3038");

  static Accent parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalStateException("the accent color must have the form #rrggbb");
    }
    int rgb = Integer.parseInt(text.substring(1), 16);
    return new Accent(rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
  }

  /// Custom properties for `device.css`.
  String css() {
    return """
    :root {
      --accent: %s;
      --accent-strong: %s;
      --on-accent: %s;
      --accent-text: %s;
    }

    @media (prefers-color-scheme: dark) {
      :root { --accent-text: %s; }
    }

    """
        .formatted(
            this,
            mixed(textColor().equals(WHITE) ? BLACK : WHITE, 5 * STEP),
            textColor(),
            legibleOn(LIGHT_GROUND),
            legibleOn(DARK_GROUND));
  }

  /// Black or white, whichever is more legible. One of them always is.
  Accent textColor() {
    return contrast(WHITE) >= contrast(BLACK) ? WHITE : BLACK;
  }

  /// The nearest legible shade on a background.
  Accent legibleOn(Accent ground) {
    var shade = this;
    for (double share = STEP; shade.contrast(ground) < LEGIBLE; share += STEP) {
      shade = mixed(ground.textColor(), share);
    }
    return shade;
  }

  private Accent mixed(Accent other, double share) {
    return new Accent(
        mixed(red, other.red, share),
        mixed(green, other.green, share),
        mixed(blue, other.blue, share));
  }

  private static int mixed(int one, int other, double share) {
    return (int) Math.round(one + (other - one) * Math.min(1, share));
  }

  /// The contrast ratio, WCAG 2.2.
  double contrast(Accent other) {
    var lighter = Math.max(luminance(), other.luminance());
    var darker = Math.min(luminance(), other.luminance());
    return (lighter + 0.05) / (darker + 0.05);
  }

  private double luminance() {
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }

  private static double linear(int component) {
    var share = component / 255.0;
    return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
  }
}
