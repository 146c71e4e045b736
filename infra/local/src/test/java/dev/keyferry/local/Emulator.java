package dev.keyferry.local;

import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/// A stack over a DynamoDB and a KMS that run elsewhere: where `KEYFERRY_AWS_ENDPOINT` says, else
/// in LocalStack.
final class Emulator {
  /// The last that needs no token.
  private static final String IMAGE = "localstack/localstack:4.14.0";

  static final LocalKeyferry STACK = start();

  private Emulator() {}

  private static LocalKeyferry start() {
    var options =
        Options.of(
            Shared.ROOT.resolve("template.yaml"),
            LocalKeyferry.NO_LIMITS,
            Ports.ANY,
            Optional.of(endpoint()));
    try {
      return new LocalKeyferry(options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URI endpoint() {
    return Optional.ofNullable(System.getenv("KEYFERRY_AWS_ENDPOINT"))
        .map(URI::create)
        .orElseGet(Emulator::localStack);
  }

  @SuppressWarnings("resource") // It lives as long as this JVM; Testcontainers stops it then.
  private static URI localStack() {
    var container =
        new LocalStackContainer(DockerImageName.parse(IMAGE)).withServices("dynamodb", "kms");
    container.start();
    return container.getEndpoint();
  }
}
