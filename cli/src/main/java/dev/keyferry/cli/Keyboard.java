package dev.keyferry.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Lines that are typed. Reading cannot be interrupted, so a thread of its own does it, from the
/// first time that somebody wants a line.
final class Keyboard {
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
  private final Thread reader;

  Keyboard(InputStream in) {
    reader = Thread.ofPlatform().daemon().name("keyboard").unstarted(() -> read(in));
  }

  private void read(InputStream in) {
    try {
      var typed = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (var line = typed.readLine(); line != null; line = typed.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      // The terminal is gone: there is nothing more to read, as at its end.
    }
    lines.add(Optional.empty());
  }

  /// The next line; empty at the end of the input.
  synchronized Optional<String> line() throws InterruptedException {
    if (reader.getState() == Thread.State.NEW) {
      reader.start();
    }
    var line = lines.take();
    if (line.isEmpty()) {
      lines.add(line);
    }
    return line;
  }
}
