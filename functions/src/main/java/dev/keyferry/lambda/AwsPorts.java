package dev.keyferry.lambda;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.aws.KmsKeyHasher;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyHasher;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.limits.LimitStore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The ports on AWS. Each connection waits until it is needed, so a function that needs no AWS
/// loads none of it.
public final class AwsPorts implements Ports {
  private final Host host;
  private final Supplier<AwsConnection> dynamo;
  private final Supplier<AwsConnection> kms;
  private @Nullable DynamoDbClient client;
  private @Nullable KeyStore keys;

  public AwsPorts(Host host, Supplier<AwsConnection> dynamo, Supplier<AwsConnection> kms) {
    this.host = host;
    this.dynamo = dynamo;
    this.kms = kms;
  }

  @Override
  public GrantStore grants() {
    return new DynamoGrantStore(
        client(), host.setting("GRANTS_TABLE"), () -> host.setting("KEYS_TABLE"));
  }

  /// All callers share one store, because it remembers whose key is whose.
  @Override
  public KeyStore keys() {
    if (keys == null) {
      keys = new DynamoKeyStore(client(), host.setting("KEYS_TABLE"));
    }
    return keys;
  }

  @Override
  public LimitStore limits() {
    return new DynamoLimitStore(client(), host.setting("GRANTS_TABLE"));
  }

  @Override
  public KeyHasher keyHasher() {
    return new KmsKeyHasher(kms.get().kms(), host.setting("HASH_KEY"));
  }

  private DynamoDbClient client() {
    if (client == null) {
      client = dynamo.get().dynamo();
    }
    return client;
  }
}
