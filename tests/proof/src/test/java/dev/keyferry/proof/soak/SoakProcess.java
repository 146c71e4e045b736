package dev.keyferry.proof.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.product.PersistentConnection;
import dev.keyferry.product.Shared;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A [SoakServer] in a process of its own.
final class SoakProcess {
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private final Path folder;
  private final Process process;
  private final BufferedReader lines;
  private final URI url;
  private final URI issuer;
  private final URI dynamo;

  /// @param heap in kilobytes, after a collection
  record Size(long heap, long threads) {}

  SoakProcess(Path folder) throws IOException {
    this.folder = folder;
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xmx512m",
                    "-classpath",
                    System.getProperty("java.class.path"),
                    SoakServer.class.getName(),
                    Shared.ROOT.resolve("template.yaml").toString(),
                    folder.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    lines = process.inputReader(UTF_8);
    var line = line();
    while (!line.startsWith("ready ")) {
      line = line();
    }
    var places = line.split(" ", -1);
    url = URI.create(places[1]);
    issuer = URI.create(places[2]);
    dynamo = URI.create(places[3]);
  }

  private String line() throws IOException {
    return Optional.ofNullable(lines.readLine())
        .orElseThrow(() -> new EOFException("the stack ended"));
  }

  URI url() {
    return url;
  }

  URI dynamo() {
    return dynamo;
  }

  Size tell(String word) throws IOException {
    var writer = process.outputWriter(UTF_8);
    writer.write(word + "\n");
    writer.flush();
    var answer = line().split(" ", -1);
    return new Size(Long.parseLong(answer[0]), Long.parseLong(answer[1]));
  }

  /// Stops it as Ctrl-C does, and starts it again.
  SoakProcess endedAndStarted() throws IOException, InterruptedException {
    return startedAfter(Process::destroy);
  }

  /// Kills it as a power failure does, and starts it again.
  SoakProcess killedAndStarted() throws IOException, InterruptedException {
    return startedAfter(Process::destroyForcibly);
  }

  private SoakProcess startedAfter(Consumer<Process> end) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new IOException("the stack ended by itself");
    }
    end.accept(process);
    process.waitFor();
    return new SoakProcess(folder);
  }

  /// A person's access token. The provider of another process does not accept it.
  String tokenOf(String name) throws IOException {
    try {
      return tokens.computeIfAbsent(name, this::signIn);
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }

  private String signIn(String name) {
    var form =
        "grant_type=client_credentials&client_secret=any&scope=keyferry/approve&client_id=" + name;
    try (var connection = new PersistentConnection(issuer)) {
      var answer = connection.form(issuer.getPath() + "/token", form);
      return JSON.readTree(answer.body()).path("access_token").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
