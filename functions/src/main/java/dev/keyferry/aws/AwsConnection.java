package dev.keyferry.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.endpoints.AccountIdEndpointMode;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.kms.KmsClient;

/// The settings for calls to AWS. Region, time-outs and retries are explicit, because the SDK's
/// defaults differ between versions and are longer than a person waits.
///
/// @param endpoint another DynamoDB and KMS: DynamoDB Local, LocalStack, moto
/// @param interceptors see every call, in tests
public record AwsConnection(
    Region region,
    AwsCredentialsProvider credentials,
    Optional<URI> endpoint,
    SdkHttpClient http,
    List<ExecutionInterceptor> interceptors) {

  private static final int ATTEMPTS = 3;
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(1_500);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final BackoffStrategy BACKOFF =
      BackoffStrategy.exponentialDelay(Duration.ofMillis(25), Duration.ofMillis(250));

  /// Ends calls that take too long. All clients share it, because each would start five threads of
  /// its own.
  private static final ScheduledExecutorService TIMER = timer();

  /// The reasons for a canceled transaction that say nothing about its conditions.
  private static final Set<String> TRANSIENT_REASONS =
      Set.of("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private static ScheduledExecutorService timer() {
    var timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /// The JDK's own HTTP client. It has nothing to load, so its first call answers soonest.
  /// Connections are made here, because the SDK would read the trust store before it knows whether
  /// it needs TLS, and once for each client.
  public static SdkHttpClient defaultHttp() {
    return UrlConnectionHttpClient.create(AwsConnection::connect);
  }

  private static HttpURLConnection connect(URI endpoint) {
    try {
      var connection = (HttpURLConnection) endpoint.toURL().openConnection();
      connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
      connection.setReadTimeout((int) ATTEMPT_TIMEOUT.toMillis());
      return connection;
    } catch (IOException e) {
      throw new UncheckedIOException("opening a URL connection failed", e);
    }
  }

  public DynamoDbClient dynamo() {
    return configure(DynamoDbClient.builder())
        .accountIdEndpointMode(AccountIdEndpointMode.DISABLED)
        .build();
  }

  public KmsClient kms() {
    return configure(KmsClient.builder()).build();
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configure(
      B builder) {
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(region)
        .credentialsProvider(credentials)
        .httpClient(http)
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .apiCallTimeout(Budget.WHOLE)
                .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                .retryStrategy(
                    StandardRetryStrategy.builder()
                        .maxAttempts(ATTEMPTS)
                        .backoffStrategy(BACKOFF)
                        .throttlingBackoffStrategy(BACKOFF)
                        .retryOnException(AwsConnection::isTransient)
                        .build())
                .executionInterceptors(interceptors)
                .scheduledExecutorService(TIMER)
                .build());
  }

  private static boolean isTransient(Throwable failure) {
    return failure instanceof TransactionConflictException
        || failure instanceof TransactionInProgressException
        || (failure instanceof TransactionCanceledException cancelled
            && cancelled.cancellationReasons().stream()
                .map(CancellationReason::code)
                .allMatch(TRANSIENT_REASONS::contains));
  }
}
