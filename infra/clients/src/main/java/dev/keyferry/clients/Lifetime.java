package dev.keyferry.clients;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The lifetime of a key, written as a whole number and a unit.
public record Lifetime(String text, Duration duration) implements Comparable<Lifetime> {
  public static final Lifetime SHORTEST = new Lifetime("60s", Duration.ofSeconds(60));
  public static final Lifetime LONGEST = new Lifetime("365d", Duration.ofDays(365));

  /// Used if neither the program nor the client's entry sets a lifetime.
  static final Lifetime DEFAULT = new Lifetime("24h", Duration.ofHours(24));

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  static Optional<Lifetime> parse(String text) {
    var form = FORM.matcher(text);
    return form.matches()
        ? Optional.ofNullable(UNITS.get(form.group(2)))
            .map(unit -> Duration.of(Long.parseLong(form.group(1)), unit))
            .map(duration -> new Lifetime(text, duration))
        : Optional.empty();
  }

  static Lifetime shorter(Lifetime one, Lifetime other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  @Override
  public int compareTo(Lifetime other) {
    return duration.compareTo(other.duration);
  }

  @Override
  public String toString() {
    return text;
  }
}
