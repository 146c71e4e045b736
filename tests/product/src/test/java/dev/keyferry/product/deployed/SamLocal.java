package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.local.Loopback;
import dev.keyferry.product.Shared;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `sam local start-lambda`. SAM reads the template itself, and runs each function in a container
/// of Lambda's image, in LocalStack's network.
///
/// @param lambdas its functions
record SamLocal(Process process, Lambdas lambdas) implements AutoCloseable {
  private static final Path ENVIRONMENT = Shared.ROOT.resolve("infra/localstack/env.json");
  private static final Path LOG = Path.of("target/sam-local.log");
  private static final JsonMapper JSON = new JsonMapper();

  /// @param sam the SAM CLI
  /// @param deployment whose tables and hash key the functions use
  static SamLocal start(String sam, Deployment deployment) {
    try {
      var port = freePort();
      var command =
          new ArrayList<>(
              List.of(
                  sam,
                  "local",
                  "start-lambda",
                  "--config-env=local",
                  "--port=" + port,
                  "--docker-network=" + LocalStack.NETWORK.getId(),
                  "--env-vars=" + environment(deployment)));
      Optional.ofNullable(System.getenv("KEYFERRY_LAMBDA_IMAGE"))
          .ifPresent(image -> command.add("--invoke-image=" + image));
      var builder = new ProcessBuilder(command).directory(Shared.ROOT.toFile());
      builder.environment().put("SAM_CLI_TELEMETRY", "0");
      var process = builder.redirectErrorStream(true).start();
      readUntilItListens(process.inputReader(UTF_8));
      return new SamLocal(process, Lambdas.at(Loopback.url(port), ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// `infra/localstack/env.json` with the names that CloudFormation chose.
  private static Path environment(Deployment deployment) throws IOException {
    var environment = JSON.readTree(Files.readString(ENVIRONMENT));
    var variables = (ObjectNode) environment.path("Parameters");
    for (var name : List.of("GRANTS_TABLE", "KEYS_TABLE", "HASH_KEY")) {
      variables.put(name, deployment.setting(name));
    }
    var file = Path.of("target/sam-local.json").toAbsolutePath();
    return Files.writeString(file, environment.toString());
  }

  /// Waits until SAM listens, and writes all further output, including the functions' logs, to a
  /// file.
  private static void readUntilItListens(BufferedReader printed) throws IOException {
    var log = Files.newBufferedWriter(LOG);
    for (var line = printed.readLine(); line != null; line = printed.readLine()) {
      log.write(line + "\n");
      if (line.contains("Running on http://")) {
        Thread.ofVirtual()
            .start(() -> {
              try (printed;
                  log) {
                printed.transferTo(log);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
        return;
      }
    }
    log.close();
    throw new AssertionError("sam local start-lambda ended: " + Files.readString(LOG));
  }

  /// Lets SAM remove its containers.
  @Override
  public void close() {
    // Process.destroy also closes the stream, to which SAM still writes.
    process.toHandle().destroy();
    process.onExit().join();
    lambdas.lambda().close();
  }
}
