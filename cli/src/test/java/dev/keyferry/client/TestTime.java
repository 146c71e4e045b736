package dev.keyferry.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that moves only during sleeps, and then immediately.
final class TestTime implements InstantSource, Time.Sleeper {
  private final AtomicReference<Instant> now;
  final List<Duration> pauses = new CopyOnWriteArrayList<>();

  TestTime(Instant start) {
    now = new AtomicReference<>(start);
  }

  TestTime() {
    this(Instant.parse("2026-11-21T12:00:00Z"));
  }

  Time time() {
    return new Time(this, this);
  }

  List<Long> seconds() {
    return pauses.stream().map(Duration::toSeconds).toList();
  }

  void advance(Duration by) {
    now.updateAndGet(before -> before.plus(by));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public boolean sleep(Duration pause, CountDownLatch wake) throws InterruptedException {
    pauses.add(pause);
    // Gives the prompt's thread time, so that an immediate answer is there.
    var open = wake.await(20, TimeUnit.MILLISECONDS);
    advance(pause);
    return open;
  }
}
