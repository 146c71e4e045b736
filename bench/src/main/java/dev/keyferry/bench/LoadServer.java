package dev.keyferry.bench;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.lambda.AwsPorts;
import dev.keyferry.lambda.Clients;
import dev.keyferry.lambda.Host;
import dev.keyferry.lambda.InMemoryPorts;
import dev.keyferry.lambda.Ports;
import dev.keyferry.lambda.Wiring;
import dev.keyferry.limits.InMemoryLimitStore;
import dev.keyferry.local.Functions;
import dev.keyferry.local.Gateway;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKms;
import dev.keyferry.local.Loopback;
import dev.keyferry.local.Template;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/// A process with the gateway, the functions and a KMS, which `bench/load` measures. The identity
/// provider is in another process. DynamoDB is too, unless the stores are in memory.
final class LoadServer {
  static final String IN_MEMORY = "memory";

  private static void forget(String line) {
    // Otherwise the audit log would dominate the measurement.
  }

  private LoadServer() {}

  /// @param arguments the template, the issuer, and the address of DynamoDB
  public static void main(String[] arguments) throws IOException {
    var gateway = new Gateway(0, System.err::println);
    var hashes = new LocalKms();
    var kms =
        new AwsConnection(
            Region.US_EAST_1,
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
            Optional.of(Loopback.url(0)),
            hashes,
            List.of());
    var template =
        new Template(
            Path.of(arguments[0]),
            LocalKeyferry.values(
                LocalKeyferry.NO_LIMITS, gateway.url(), URI.create(arguments[1]), hashes.newKey()));
    var functions = new Functions(template, wiring(arguments[2], kms), System.err::println);
    gateway.serve(template.routes(), template.stageVariables(), functions);
    System.out.println("ready " + gateway.url());
  }

  private static Function<Template.Function, Wiring> wiring(String store, AwsConnection kms) {
    Function<Host, Ports> ports;
    if (store.equals(IN_MEMORY)) {
      var keys = new InMemoryKeyStore();
      var grants = new InMemoryGrantStore(keys);
      ports =
          host ->
              new InMemoryPorts(
                  grants,
                  keys,
                  new InMemoryLimitStore(),
                  new AwsPorts(host, () -> kms, () -> kms)::keyHasher);
    } else {
      var dynamo = LocalAws.at(URI.create(store)).dynamo();
      ports = host -> new AwsPorts(host, () -> dynamo, () -> kms);
    }
    return function -> {
      var host =
          new Host(
              function.environment(), Clock.systemUTC(), new SecureRandom(), LoadServer::forget);
      return new Wiring(host, Clients.ofArtifact(), ports.apply(host));
    };
  }
}
