package dev.keyferry.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The line that says what is waited for and how long it may still take, each second anew. Where
/// lines cannot be written over, it is said once.
final class LiveLine implements AutoCloseable {
  private final Talk talk;
  private final InstantSource clock;
  private final Instant expiresAt;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread ticker;
  private volatile String what;
  private volatile boolean held;

  private LiveLine(Talk talk, InstantSource clock, Instant expiresAt, String what) {
    this.talk = talk;
    this.clock = clock;
    this.expiresAt = expiresAt;
    this.what = what;
    ticker = Thread.ofPlatform().daemon().name("live line").unstarted(this::tick);
  }

  static LiveLine start(Talk talk, InstantSource clock, Instant expiresAt, String what) {
    var line = new LiveLine(talk, clock, expiresAt, what);
    if (talk.terminal().moves()) {
      // Who presses Ctrl-C shall find the prompt on a line of its own.
      Runtime.getRuntime().addShutdownHook(new Thread(talk::clear));
      line.ticker.start();
    } else {
      talk.say(line.text());
    }
    return line;
  }

  private void tick() {
    try {
      do {
        if (!held) {
          talk.live(text());
        }
      } while (!end.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String text() {
    return left() + " left, " + what;
  }

  private String left() {
    var left = Duration.between(clock.instant(), expiresAt);
    return left.isNegative() ? "0:00" : "%d:%02d".formatted(left.toMinutes(), left.toSecondsPart());
  }

  /// Says something else; in a log only if it is news.
  void what(String now) {
    if (!now.equals(what)) {
      what = now;
      if (!talk.terminal().moves()) {
        talk.say(text());
      }
    }
  }

  /// Is silent while somebody types.
  void hold() {
    held = true;
    talk.clear();
  }

  void release() {
    held = false;
  }

  @Override
  public void close() {
    end.countDown();
    try {
      ticker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    talk.clear();
  }
}
