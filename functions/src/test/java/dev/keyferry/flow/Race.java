package dev.keyferry.flow;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Concurrent calls.
public final class Race {
  private Race() {}

  /// Makes the same call this many times, all started together.
  public static <T> List<T> of(int contenders, Callable<T> call) throws InterruptedException {
    var start = new CyclicBarrier(contenders);
    Callable<T> together =
        () -> {
          start.await();
          return call.call();
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.invokeAll(Collections.nCopies(contenders, together)).stream()
          .map(Future::resultNow)
          .toList();
    }
  }
}
