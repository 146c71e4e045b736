package dev.keyferry.flow;

import dev.keyferry.codes.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/// The time, the random numbers and the audit log that every actor of the flow takes from its
/// process.
public record Environment(InstantSource clock, RandomGenerator random, Audit audit) {
  /// The time to the millisecond, as the stores keep it.
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /// A new name for one attempt to write, by which the store recognizes that attempt's own work.
  String newAttempt() {
    return Secret.drawName(random);
  }

  void record(Audit.Event event) {
    audit.record(event);
  }
}
