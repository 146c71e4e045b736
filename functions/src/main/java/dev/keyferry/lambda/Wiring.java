package dev.keyferry.lambda;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.aws.KmsKeyHasher;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Audit;
import dev.keyferry.flow.AuthorizationLimit;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.CodeFlow;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.DeviceNames;
import dev.keyferry.flow.Disabling;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.RefreshFlow;
import dev.keyferry.flow.Revocation;
import dev.keyferry.flow.WrongCodeLimit;
import dev.keyferry.limits.LimitStore;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// What one function is made of. Nothing is connected before it is asked for, so a function that
/// needs no AWS loads none of it; and nothing calls KMS before the first request, so no snapshot
/// holds a subkey. What is asked for twice is one and the same: one connection, one memory of whose
/// key is whose, and one call to KMS for each purpose.
///
/// The stores are DynamoDB and subkeys come from KMS; benchmarks and fuzz tests have others.
public class Wiring {
  private final Map<String, String> settings;
  private final Clients clients;
  private final Supplier<AwsConnection> dynamo;
  private final Supplier<AwsConnection> kms;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<String> log;
  private @Nullable DynamoDbClient client;
  private @Nullable KeyStore keys;
  private @Nullable Hasher hasher;

  /// @param log takes the lines of the audit log, and of outages that no request hears of
  public Wiring(
      Map<String, String> settings,
      Clients clients,
      Supplier<AwsConnection> dynamo,
      Supplier<AwsConnection> kms,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> log) {
    this.settings = settings;
    this.clients = clients;
    this.dynamo = dynamo;
    this.kms = kms;
    this.clock = clock;
    this.random = random;
    this.log = log;
  }

  /// As Lambda runs it: settings from the environment, the role's credentials, the real clock.
  static Wiring ofEnvironment() {
    var settings = System.getenv();
    var random = new SecureRandom();
    Prime.beforeSnapshot(settings, random);
    Supplier<AwsConnection> connection =
        () ->
            new AwsConnection(
                Region.of(settings.get("AWS_REGION")),
                DefaultCredentialsProvider.builder().build(),
                endpoint(settings),
                AwsConnection.defaultHttp(),
                List.of());
    return new Wiring(
        settings,
        Clients.ofArtifact(),
        connection,
        connection,
        Clock.systemUTC(),
        random,
        AuditLog.standardOutput());
  }

  /// For a handler that is made before a snapshot and forgotten: it shares nothing with the one
  /// that goes on afterwards, and reaches nobody.
  static Wiring withoutAws(Map<String, String> settings) {
    Supplier<AwsConnection> nobody =
        () ->
            new AwsConnection(
                Region.of(settings.get("AWS_REGION")),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("nobody", "nobody")),
                Optional.of(URI.create("https://aws.invalid")),
                new NoAws(),
                List.of());
    return new Wiring(
        settings,
        Clients.ofArtifact(),
        nobody,
        nobody,
        Clock.systemUTC(),
        new SecureRandom(),
        _ -> {});
  }

  /// Another DynamoDB and KMS than AWS's. In AWS the variable is there, and empty.
  static Optional<URI> endpoint(Map<String, String> settings) {
    return Optional.ofNullable(settings.get("KEYFERRY_AWS_ENDPOINT"))
        .filter(endpoint -> !endpoint.isEmpty())
        .map(URI::create);
  }

  /// Of a function that mints nothing.
  DeviceFlow flow() {
    return flow(TokenPrefix.DEFAULT);
  }

  DeviceFlow flow(TokenPrefix prefix) {
    return new DeviceFlow(
        grants(),
        keys(),
        hasher(),
        TokenAnswer::encrypt,
        prefix,
        clock,
        random,
        audit(),
        clients::confirmationOf);
  }

  /// Of a function that mints nothing.
  CodeFlow codeFlow() {
    return codeFlow(TokenPrefix.DEFAULT);
  }

  CodeFlow codeFlow(TokenPrefix prefix) {
    return new CodeFlow(
        grants(), keys(), hasher(), TokenAnswer::encrypt, prefix, clock, random, audit());
  }

  /// What the keys that this function mints begin with.
  TokenPrefix tokenPrefix() {
    return new TokenPrefix(setting("KEY_PREFIX"));
  }

  AuthorizationScreens authorizationScreens() {
    return new AuthorizationScreens(hasher(), clock, random, audit());
  }

  AuthorizationLimit authorizationLimit() {
    return new AuthorizationLimit(
        limits(), number("AUTHORIZATIONS_PER_MINUTE"), clock, random, audit());
  }

  WrongCodeLimit wrongCodeLimit() {
    return new WrongCodeLimit(
        limits(),
        number("WRONG_CODES_OF_SUBJECT"),
        number("WRONG_CODES_OF_NETWORK"),
        clock,
        random,
        audit());
  }

  protected GrantStore grants() {
    return new DynamoGrantStore(client(), setting("GRANTS_TABLE"), setting("KEYS_TABLE"));
  }

  protected LimitStore limits() {
    return new DynamoLimitStore(client(), setting("GRANTS_TABLE"));
  }

  KeyVerifier verifier() {
    return new KeyVerifier(keys(), hasher(), clock);
  }

  RefreshFlow refreshFlow() {
    return new RefreshFlow(keys(), hasher(), TokenAnswer::encrypt, clock, random, audit());
  }

  Revocation revocation() {
    return new Revocation(keys(), hasher(), clock, audit());
  }

  LinkedDevices linkedDevices() {
    return new LinkedDevices(keys(), clock, audit());
  }

  Disabling disabling() {
    return new Disabling(keys(), clock, random, audit());
  }

  DeviceNames deviceNames() {
    return new DeviceNames(hasher());
  }

  protected KeyStore keys() {
    if (keys == null) {
      keys = new DynamoKeyStore(client(), setting("KEYS_TABLE"));
    }
    return keys;
  }

  Audit audit() {
    return new AuditLog(setting("STACK_NAME"), clock, log);
  }

  Clients clients() {
    return clients;
  }

  InstantSource clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  String setting(String name) {
    return Optional.ofNullable(settings.get(name))
        .orElseThrow(() -> new IllegalStateException("the setting " + name + " is missing"));
  }

  private int number(String name) {
    return Integer.parseInt(setting(name));
  }

  private DynamoDbClient client() {
    if (client == null) {
      client = dynamo.get().dynamo();
    }
    return client;
  }

  Hasher hasher() {
    if (hasher == null) {
      hasher =
          new KmsKeyHasher(
              kms.get().kms(),
              setting("HASH_KEY"),
              number("HASH_VERSION"),
              clock,
              failure -> log.accept(Outage.line(failure)));
    }
    return hasher;
  }
}
