package dev.keyferry.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A line that shows what the command waits for and how much time is left. It is updated every
/// second. Where a line cannot be overwritten, it is printed once.
final class LiveLine implements AutoCloseable {
  private final Messages messages;
  private final InstantSource clock;
  private final Instant expiresAt;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread ticker;
  private volatile String what;
  private volatile boolean held;

  private LiveLine(Messages messages, InstantSource clock, Instant expiresAt, String what) {
    this.messages = messages;
    this.clock = clock;
    this.expiresAt = expiresAt;
    this.what = what;
    ticker = Thread.ofPlatform().daemon().name("live line").unstarted(this::tick);
  }

  static LiveLine start(Messages messages, InstantSource clock, Instant expiresAt, String what) {
    var line = new LiveLine(messages, clock, expiresAt, what);
    if (messages.terminal().movesCursor()) {
      // After Ctrl-C, the shell prompt starts on its own line.
      Runtime.getRuntime().addShutdownHook(new Thread(messages::clear));
      line.ticker.start();
    } else {
      messages.say(line.text());
    }
    return line;
  }

  private void tick() {
    try {
      do {
        if (!held) {
          messages.live(text());
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

  /// Changes the text. A log gets only texts that are new.
  void show(String now) {
    if (!now.equals(what)) {
      what = now;
      if (!messages.terminal().movesCursor()) {
        messages.say(text());
      }
    }
  }

  /// Pauses the line while a person types.
  void hold() {
    held = true;
    messages.clear();
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
    messages.clear();
  }
}
