package dev.keyferry.client;

import dev.keyferry.client.LoginException.Storage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A lock for one thread of one process at a time. The system releases it when a process dies. The
/// file stays.
final class ProcessLock implements AutoCloseable {
  /// All work under the lock is bounded, so a process that holds it longer has stopped.
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  /// The system's locks work only between processes.
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final FileChannel channel;
  private final ReentrantLock thread;

  private ProcessLock(FileChannel channel, ReentrantLock thread) {
    this.channel = channel;
    this.thread = thread;
  }

  static ProcessLock take(Path file) throws LoginException, InterruptedException {
    return take(file, PATIENCE);
  }

  static ProcessLock take(Path file, Duration patience)
      throws LoginException, InterruptedException {
    var deadline = System.nanoTime() + patience.toNanos();
    PrivateFiles.createDirectory(PrivateFiles.parent(file));
    var thread = THREADS.computeIfAbsent(file.toAbsolutePath(), _ -> new ReentrantLock());
    if (!thread.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw held(file);
    }
    @Nullable ProcessLock taken = null;
    try {
      taken = new ProcessLock(lock(file, deadline), thread);
      return taken;
    } finally {
      if (taken == null) {
        thread.unlock();
      }
    }
  }

  private static FileChannel lock(Path file, long deadline)
      throws LoginException, InterruptedException {
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        while (tried(channel).isEmpty()) {
          if (System.nanoTime() > deadline) {
            throw held(file);
          }
          TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
        }
        return channel;
      } catch (IOException | LoginException | InterruptedException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw PrivateFiles.failed("lock", file, e);
    }
  }

  private static Optional<FileLock> tried(FileChannel channel) throws IOException {
    return Optional.ofNullable(channel.tryLock());
  }

  private static Storage held(Path file) {
    return new Storage(
        "Another process does not release " + file + ". End that process, and try again.");
  }

  @Override
  public void close() throws LoginException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Storage("Could not release the lock.", e);
    } finally {
      thread.unlock();
    }
  }
}
