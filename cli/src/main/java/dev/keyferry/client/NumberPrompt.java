package dev.keyferry.client;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Asks a person for the number of docs/number-matching.md while polling continues.
final class NumberPrompt {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{2}");
  private static final int MOST_TRIES = 10;

  private final CountDownLatch answered = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable String number;
  private volatile @Nullable RuntimeException failure;

  NumberPrompt(DeviceLogin.Person person, boolean again) {
    // A daemon, because a terminal's read cannot be interrupted.
    thread = Thread.ofPlatform().daemon().name("number").start(() -> ask(person, again));
  }

  private void ask(DeviceLogin.Person person, boolean again) {
    try {
      var typed = person.number(again).strip();
      for (int tries = 1; !NUMBER.matcher(typed).matches(); tries++) {
        if (tries == MOST_TRIES) {
          throw new IllegalStateException("no two-digit number was entered");
        }
        typed = person.number(true).strip();
      }
      number = typed;
    } catch (RuntimeException e) {
      failure = e;
    } catch (InterruptedException _) {
      failure = new IllegalStateException("interrupted while asking for the number");
    } finally {
      answered.countDown();
    }
  }

  /// Opens when the person has answered.
  CountDownLatch answered() {
    return answered;
  }

  /// Empty until a number was typed.
  ///
  /// @throws RuntimeException if [DeviceLogin.Person#number(boolean)] threw it
  Optional<String> number() {
    var thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    return Optional.ofNullable(number);
  }

  void stop() {
    thread.interrupt();
  }
}
