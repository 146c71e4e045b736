package dev.keyferry.proof.randomness;

/// Pearson's chi-squared test, which compares counts with their expected values.
public record ChiSquared(double statistic, int freedom) {
  private static final double PRECISION = 1e-12;

  /// @param expected in the same order; where it is zero, the count must be zero
  public static ChiSquared of(int[] counts, double[] expected) {
    var sum = 0.0;
    var classes = 0;
    for (int i = 0; i < counts.length; i++) {
      if (expected[i] > 0) {
        var off = counts[i] - expected[i];
        sum += off * off / expected[i];
        classes++;
      } else if (counts[i] > 0) {
        return new ChiSquared(Double.POSITIVE_INFINITY, counts.length - 1);
      }
    }
    return new ChiSquared(sum, classes - 1);
  }

  /// Combines two independent tests.
  public ChiSquared and(ChiSquared other) {
    return new ChiSquared(statistic + other.statistic, freedom + other.freedom);
  }

  /// The probability of counts that fit no better, if the expectation is right: the upper
  /// incomplete gamma function Q(freedom/2, statistic/2), computed by its series or, where that is
  /// slow, by its continued fraction.
  public double p() {
    if (Double.isInfinite(statistic)) {
      return 0;
    }
    var a = freedom / 2.0;
    var x = statistic / 2;
    var scale = Math.exp(a * Math.log(x) - x - logGamma(freedom));
    return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
  }

  private static double series(double a, double x) {
    var term = 1 / a;
    var sum = term;
    for (var n = a + 1; term > sum * PRECISION; n++) {
      term *= x / n;
      sum += term;
    }
    return sum;
  }

  /// Evaluated from the far end, at a depth beyond which the rest makes no difference.
  private static double fraction(double a, double x) {
    var tail = 0.0;
    for (int n = 5_000; n > 0; n--) {
      tail = n * (n - a) / (x + 2 * n + 1 - a - tail);
    }
    return 1 / (x + 1 - a - tail);
  }

  /// The logarithm of the gamma function at half of a whole number.
  private static double logGamma(int twice) {
    var log = twice % 2 == 0 ? 0 : Math.log(Math.PI) / 2;
    for (var at = twice / 2.0 - 1; at > 0; at--) {
      log += Math.log(at);
    }
    return log;
  }
}
