package dev.keyferry.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that moves only on request.
public final class TestClock implements InstantSource {
  private volatile Instant now;

  public TestClock(Instant start) {
    now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration by) {
    now = now.plus(by);
  }

  public void set(Instant to) {
    now = to;
  }
}
