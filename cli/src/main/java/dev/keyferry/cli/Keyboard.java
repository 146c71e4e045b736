package dev.keyferry.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Lines that a person types. A read cannot be interrupted, so a separate thread reads. It starts
/// when the first line is requested.
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
      // The terminal is gone, which is the same as the end of the input.
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
