package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.Loopback;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/// Tests of `infra/localstack/setup` with the AWS CLI, in the image that the compose file uses.
@Tag("emulator")
@Tag("localstack")
class SetupTest {
  static final String IMAGE = "amazon/aws-cli:2.32.8";

  private static final Path FOLDER = Shared.ROOT.resolve("infra/localstack");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final GenericContainer<?> AWS = startAws();

  /// Uses the host's network, where the emulators of these tests listen.
  private static GenericContainer<?> startAws() {
    var image = System.getenv().getOrDefault("KEYFERRY_AWS_CLI_IMAGE", IMAGE);
    var container = new GenericContainer<>(DockerImageName.parse(image));
    container
        .withNetworkMode("host")
        .withCopyFileToContainer(MountableFile.forHostPath(FOLDER), "/localstack")
        .withCreateContainerCmdModifier(create -> create.withEntrypoint("sleep", "infinity"))
        .start();
    return container;
  }

  @AfterAll
  static void stopAws() {
    AWS.stop();
  }

  /// The result of the script.
  ///
  /// @param exit status
  private record Ended(int exit, String printed, Duration took) {}

  private static Ended setUp(URI emulator) {
    var began = System.nanoTime();
    var result = run(emulator, "bash", "/localstack/setup");
    var took = Duration.ofNanos(System.nanoTime() - began);
    return new Ended(result.getExitCode(), result.getStdout() + result.getStderr(), took);
  }

  private static ExecResult run(URI emulator, String... command) {
    var environment =
        Map.of(
            "AWS_ENDPOINT_URL",
            emulator.toString(),
            "AWS_ACCESS_KEY_ID",
            "local",
            "AWS_SECRET_ACCESS_KEY",
            "local",
            "AWS_DEFAULT_REGION",
            Deployment.REGION.id());
    try {
      return AWS.execInContainer(
          ExecConfig.builder().command(command).envVars(environment).build());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void it_creates_what_is_missing_after_an_interruption_and_then_nothing_more() {
    try (var localStack = LocalStack.start()) {
      var endpoint = localStack.getEndpoint();
      var table = "file:///localstack/tables/Grants.json";
      run(endpoint, "aws", "dynamodb", "create-table", "--cli-input-json", table);
      run(endpoint, "aws", "kms", "create-key", "--key-spec", "HMAC_256");

      var ready = new Ended(0, "ready " + endpoint + "\n", Duration.ZERO);
      assertThat(setUp(endpoint))
          .usingRecursiveComparison()
          .ignoringFields("took")
          .isEqualTo(ready);
      var made = made(endpoint);
      assertThat(setUp(endpoint))
          .usingRecursiveComparison()
          .ignoringFields("took")
          .isEqualTo(ready);

      assertThat(made).startsWith("ENABLED ENABLED HMAC_256 ");
      assertThat(made(endpoint)).isEqualTo(made);
    }
  }

  /// The tables' time to live, and the kind and the id of the key.
  private static String made(URI endpoint) {
    var aws = LocalAws.at(endpoint);
    try (var dynamo = aws.dynamo().dynamo();
        var kms = aws.kms().kms()) {
      var grants = dynamo.describeTimeToLive(table -> table.tableName("Grants"));
      var keys = dynamo.describeTimeToLive(table -> table.tableName("Keys"));
      var key = kms.describeKey(describe -> describe.keyId("alias/keyferry")).keyMetadata();
      return String.join(
          " ",
          grants.timeToLiveDescription().timeToLiveStatusAsString(),
          keys.timeToLiveDescription().timeToLiveStatusAsString(),
          key.keySpecAsString(),
          key.keyId());
    }
  }

  @Test
  void it_waits_a_minute_for_an_emulator_and_then_says_what_is_wrong() throws IOException {
    var broken = HttpServer.create(Loopback.port(0), 0);
    var error = "{\"__type\":\"InternalError\",\"message\":\"no license\"}".getBytes(UTF_8);
    broken.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(500, error.length);
            exchange.getResponseBody().write(error);
          }
        });
    broken.start();
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var ofBroken =
          CompletableFuture.supplyAsync(() -> setUp(Loopback.url(broken.getAddress().getPort())));
      var ofSilent = setUp(Loopback.url(silent.getLocalPort()));

      assertGaveUp(ofBroken.join(), "InternalError", "ListTables", "no license");
      assertGaveUp(ofSilent, "Read timeout on endpoint URL");
    } finally {
      broken.stop(0);
    }
  }

  private static void assertGaveUp(Ended ended, String... told) {
    assertThat(ended.exit()).as(ended.printed()).isEqualTo(1);
    assertThat(ended.printed()).contains(told);
    assertThat(ended.took()).isBetween(MINUTE.minusSeconds(10), MINUTE.plusSeconds(20));
  }
}
