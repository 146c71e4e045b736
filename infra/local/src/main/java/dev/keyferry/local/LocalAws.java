package dev.keyferry.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.aws.AwsConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/// The DynamoDB and the KMS of a stack: the embedded ones, or both at another endpoint.
public final class LocalAws implements AutoCloseable {
  private static final Region REGION = Region.US_EAST_1;
  private static final String ALIAS = "alias/keyferry";

  private final AwsConnection dynamo;
  private final AwsConnection kms;
  private final AutoCloseable embedded;

  private LocalAws(AwsConnection dynamo, AwsConnection kms, AutoCloseable embedded) {
    this.dynamo = dynamo;
    this.kms = kms;
    this.embedded = embedded;
  }

  /// Where a stack's data is stored.
  public sealed interface Place {
    /// In this process. The data is lost when it ends.
    record Memory() implements Place {}

    /// In this process, and in a folder for the next start.
    record Folder(Path path) implements Place {}

    /// In another process, such as LocalStack or moto.
    record Endpoint(URI url) implements Place {}
  }

  /// @param dynamoPort the port of an embedded DynamoDB
  public static LocalAws in(Place place, int dynamoPort) throws IOException {
    return switch (place) {
      case Place.Memory _ -> embedded(dynamoPort);
      case Place.Folder(var path) -> {
        Files.createDirectories(path);
        yield embedded(new LocalDynamo(dynamoPort, Optional.of(path)), LocalKms.in(path));
      }
      case Place.Endpoint(var url) -> at(url);
    };
  }

  public static LocalAws embedded(int dynamoPort) {
    return embedded(new LocalDynamo(dynamoPort), new LocalKms());
  }

  private static LocalAws embedded(LocalDynamo dynamo, LocalKms kms) {
    return new LocalAws(
        connection(dynamo.endpoint(), AwsConnection.defaultHttp()),
        connection(Loopback.url(0), kms),
        dynamo);
  }

  public static LocalAws at(URI endpoint) {
    var both = connection(endpoint, AwsConnection.defaultHttp());
    return new LocalAws(both, both, () -> {});
  }

  private static AwsConnection connection(URI endpoint, SdkHttpClient http) {
    return new AwsConnection(
        REGION,
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
        Optional.of(endpoint),
        http,
        List.of());
  }

  public AwsConnection dynamo() {
    return dynamo;
  }

  public AwsConnection kms() {
    return kms;
  }

  /// The ARN of the hash key. Creates the key if it does not exist.
  public String hashKey() {
    try (var client = kms.kms()) {
      try {
        return client.describeKey(key -> key.keyId(ALIAS)).keyMetadata().arn();
      } catch (NotFoundException _) {
        var arn =
            client
                .createKey(
                    key -> key.keySpec(KeySpec.HMAC_256).keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))
                .keyMetadata()
                .arn();
        client.createAlias(alias -> alias.aliasName(ALIAS).targetKeyId(arn));
        return arn;
      }
    }
  }

  /// Creates a table as the template describes it, if it does not exist.
  public void createTable(String name, JsonNode properties) {
    try (var client = dynamo.dynamo()) {
      createTable(client, name, properties);
    } catch (ResourceInUseException _) {
      // The table exists in the folder or at the endpoint since an earlier run.
    }
  }

  public static void createTable(DynamoDbClient client, String name, JsonNode properties) {
    var attributes =
        properties
            .path("AttributeDefinitions")
            .valueStream()
            .map(attribute ->
                AttributeDefinition.builder()
                    .attributeName(attribute.path("AttributeName").asText())
                    .attributeType(attribute.path("AttributeType").asText())
                    .build())
            .toList();
    var indexes =
        properties
            .path("GlobalSecondaryIndexes")
            .valueStream()
            .map(index ->
                GlobalSecondaryIndex.builder()
                    .indexName(index.path("IndexName").asText())
                    .keySchema(keySchema(index))
                    .projection(projection ->
                        projection.projectionType(index.at("/Projection/ProjectionType").asText()))
                    .build())
            .toList();
    client.createTable(table -> {
      table.tableName(name).billingMode(BillingMode.PAY_PER_REQUEST);
      table.attributeDefinitions(attributes).keySchema(keySchema(properties));
      if (!indexes.isEmpty()) {
        table.globalSecondaryIndexes(indexes);
      }
    });
    client.waiter().waitUntilTableExists(table -> table.tableName(name));
    var ttl = properties.path("TimeToLiveSpecification");
    client.updateTimeToLive(update ->
        update
            .tableName(name)
            .timeToLiveSpecification(specification ->
                specification.attributeName(ttl.path("AttributeName").asText()).enabled(true)));
  }

  private static List<KeySchemaElement> keySchema(JsonNode described) {
    return described
        .path("KeySchema")
        .valueStream()
        .map(element ->
            KeySchemaElement.builder()
                .attributeName(element.path("AttributeName").asText())
                .keyType(element.path("KeyType").asText())
                .build())
        .toList();
  }

  @Override
  public void close() {
    try {
      embedded.close();
    } catch (Exception e) {
      throw new IllegalStateException("an embedded service did not stop", e);
    }
  }
}
