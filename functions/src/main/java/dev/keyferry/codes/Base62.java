package dev.keyferry.codes;

import java.math.BigInteger;

/// Numbers in base 62 (`0-9A-Za-z`), padded to a fixed width.
public final class Base62 {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  /// The digits that fit into a long. They are computed together, without a BigInteger for each
  /// digit.
  private static final int CHUNK = 10;

  private static final BigInteger CHUNK_BASE = BASE.pow(CHUNK);

  private Base62() {}

  /// The number's last `width` digits.
  public static String encode(BigInteger number, int width) {
    var digits = new char[width];
    var rest = number;
    for (int end = width; end > 0; end -= CHUNK) {
      var split = rest.divideAndRemainder(CHUNK_BASE);
      var chunk = split[1].longValue();
      for (int i = end - 1; i >= Math.max(0, end - CHUNK); i--) {
        digits[i] = DIGITS.charAt((int) (chunk % DIGITS.length()));
        chunk /= DIGITS.length();
      }
      rest = split[0];
    }
    return new String(digits);
  }

  public static BigInteger decode(String digits) {
    var number = BigInteger.ZERO;
    for (int i = 0; i < digits.length(); i++) {
      number = number.multiply(BASE).add(BigInteger.valueOf(DIGITS.indexOf(digits.charAt(i))));
    }
    return number;
  }
}
