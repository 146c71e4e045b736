package dev.keyferry.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A server's process and its use of the machine. The process prints `ready URL` when it is ready.
final class Measured implements AutoCloseable {
  /// On Linux, where `/proc` counts processor time.
  private static final double MILLIS_OF_TICK = 10;

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

  /// Milliseconds of processor time.
  double cpu() throws IOException {
    return cpu(process);
  }

  double megabytes() throws IOException {
    return megabytes(process, "VmRSS");
  }

  /// The maximum memory.
  double peak() throws IOException {
    return peak(process);
  }

  static double cpu(Process process) throws IOException {
    var stat = Files.readString(proc(process, "stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_OF_TICK;
  }

  static double peak(Process process) throws IOException {
    return megabytes(process, "VmHWM");
  }

  private static double megabytes(Process process, String field) throws IOException {
    return Files.readAllLines(proc(process, "status")).stream()
            .filter(line -> line.startsWith(field + ":"))
            .map(line -> line.replaceAll("\\D", ""))
            .mapToDouble(Double::parseDouble)
            .findFirst()
            .orElseThrow()
        / 1024;
  }

  /// Ends the process normally, so that it writes the cache that it was told to write.
  void end() throws InterruptedException {
    // Ends it by its handle, because Process.destroy closes the stream to which it still writes.
    process.toHandle().destroy();
    process.waitFor();
  }

  private static Path proc(Process process, String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
