package dev.keyferry.flow;

import dev.keyferry.codes.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/// What every actor of the flow takes from the process that it runs in: the time, random numbers,
/// and a place for audit events.
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
