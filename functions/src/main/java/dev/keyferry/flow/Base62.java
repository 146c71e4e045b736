package dev.keyferry.flow;

import java.math.BigInteger;

/// Numbers in base 62 (`0-9A-Za-z`), padded to a fixed width.
final class Base62 {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  private Base62() {}

  /// The number's last `width` digits.
  static String encode(BigInteger number, int width) {
    var digits = new char[width];
    var rest = number;
    for (int i = width - 1; i >= 0; i--) {
      var split = rest.divideAndRemainder(BASE);
      digits[i] = DIGITS.charAt(split[1].intValue());
      rest = split[0];
    }
    return new String(digits);
  }

  static BigInteger decode(String digits) {
    var number = BigInteger.ZERO;
    for (int i = 0; i < digits.length(); i++) {
      number = number.multiply(BASE).add(BigInteger.valueOf(DIGITS.indexOf(digits.charAt(i))));
    }
    return number;
  }
}
