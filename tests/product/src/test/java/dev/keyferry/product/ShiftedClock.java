package dev.keyferry.product;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// The system clock plus an offset that a test can increase.
public final class ShiftedClock implements InstantSource {
  private final AtomicReference<Duration> shift = new AtomicReference<>(Duration.ZERO);

  public void advance(Duration by) {
    shift.updateAndGet(before -> before.plus(by));
  }

  @Override
  public Instant instant() {
    return InstantSource.system().instant().plus(shift.get());
  }
}
