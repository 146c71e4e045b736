package dev.keyferry.cli;

import dev.keyferry.client.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Formats facts for people and for programs.
final class Formats {
  private Formats() {}

  /// Such as `23 h 59 min`: two units at most.
  static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "0 s";
    }
    if (duration.toDays() > 0) {
      return two(duration.toDays(), "d", duration.toHoursPart(), "h");
    }
    if (duration.toHours() > 0) {
      return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    return duration.toMinutes() > 0
        ? two(duration.toMinutes(), "min", duration.toSecondsPart(), "s")
        : duration.toSeconds() + " s";
  }

  private static String two(long many, String unit, long rest, String smaller) {
    return many + " " + unit + (rest == 0 ? "" : " " + rest + " " + smaller);
  }

  /// Such as `Alice <alice@example.com>, example`.
  static String owner(Owner owner) {
    var shown = owner.displayName().orElse("an unnamed user");
    var email = owner.email().filter(address -> !address.equals(shown));
    return shown
        + email.map(address -> " <" + address + ">").orElse("")
        + owner.organisation().map(organisation -> ", " + organisation).orElse("");
  }

  static Map<String, Object> user(Owner owner) {
    var user = new LinkedHashMap<String, Object>();
    user.put("subject", owner.subject());
    user.put("name", owner.name());
    user.put("email", owner.email());
    user.put("organisation", owner.organisation());
    return user;
  }

  static Optional<Long> seconds(Optional<Instant> instant) {
    return instant.map(Instant::getEpochSecond);
  }
}
