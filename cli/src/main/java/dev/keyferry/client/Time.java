package dev.keyferry.client;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The clock, and a way to wait.
public record Time(InstantSource clock, Sleeper sleeper) {
  public static final Time SYSTEM = new Time(Clock.systemUTC(), Sleeper.SYSTEM);

  /// Waits.
  @FunctionalInterface
  public interface Sleeper {
    Sleeper SYSTEM = (pause, wake) -> wake.await(pause.toMillis(), TimeUnit.MILLISECONDS);

    /// Waits for the pause, or until the latch is open.
    ///
    /// @return whether the latch is open
    boolean sleep(Duration pause, CountDownLatch wake) throws InterruptedException;
  }
}
