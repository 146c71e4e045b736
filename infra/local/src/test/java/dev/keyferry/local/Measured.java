package dev.keyferry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A server's process, and what it takes of the machine. It says `ready URL` when it is up.
final class Measured implements AutoCloseable {
  /// Of Linux, in which `/proc` counts processor time.
  private static final int TICKS_PER_SECOND = 100;

  private final long began = System.nanoTime();
  private final Process process;
  private final URI url;

  Measured(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    var line = output.readLine();
    while (line != null && !line.startsWith("ready ")) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("it ended before it was up: " + String.join(" ", command));
    }
    url = URI.create(line.substring("ready ".length()));
  }

  URI url() {
    return url;
  }

  double secondsSinceStart() {
    return (System.nanoTime() - began) / 1e9;
  }

  double cpuSeconds() throws IOException {
    var stat = Files.readString(proc("stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }

  double megabytes() throws IOException {
    return Files.readAllLines(proc("status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
            .sum()
        / 1024;
  }

  /// Ends it as it should end, so that it leaves behind what it was told to.
  void end() throws InterruptedException {
    // By its handle: the process itself would close what it still writes to.
    process.toHandle().destroy();
    process.waitFor();
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
