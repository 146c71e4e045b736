package dev.keyferry.product.deployed;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.time.Duration;
import java.util.Optional;
import org.testcontainers.containers.Network;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kms.KmsClient;

/// LocalStack in Docker. `KEYFERRY_AWS_IMAGE` overrides the image.
final class LocalStack {
  /// The last version that needs no token.
  static final String IMAGE = "localstack/localstack:4.14.0";

  /// Its name in the network, as in `infra/localstack/env.json`.
  static final String HOST = "aws";

  static final Network NETWORK = Network.newNetwork();

  private static final int PORT = 4566;
  private static final String TOKEN = "LOCALSTACK_AUTH_TOKEN";

  private LocalStack() {}

  /// Starts a container and waits for DynamoDB and KMS. Testcontainers stops it when this JVM ends.
  static LocalStackContainer start() {
    var image = System.getenv().getOrDefault("KEYFERRY_AWS_IMAGE", IMAGE);
    var container =
        new LocalStackContainer(
            DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack"));
    container.withNetwork(NETWORK).withNetworkAliases(HOST);
    Optional.ofNullable(System.getenv(TOKEN)).ifPresent(token -> container.withEnv(TOKEN, token));
    // The container has the Docker socket, so only this machine may reach it.
    container.withCreateContainerCmdModifier(create ->
        requireNonNull(create.getHostConfig())
            .withPortBindings(
                new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT))));
    container.start();
    wake(container);
    return container;
  }

  /// Sends the first request to each service. LocalStack starts a service then, which takes longer
  /// than Keyferry's timeout.
  private static void wake(LocalStackContainer container) {
    var http = UrlConnectionHttpClient.builder().socketTimeout(Duration.ofMinutes(1));
    try (var dynamo =
            DynamoDbClient.builder()
                .endpointOverride(container.getEndpoint())
                .region(Deployment.REGION)
                .credentialsProvider(Deployment.CREDENTIALS)
                .httpClientBuilder(http)
                .build();
        var kms =
            KmsClient.builder()
                .endpointOverride(container.getEndpoint())
                .region(Deployment.REGION)
                .credentialsProvider(Deployment.CREDENTIALS)
                .httpClientBuilder(http)
                .build()) {
      dynamo.listTables();
      kms.listKeys();
    }
  }
}
