package dev.keyferry.lambda;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.AuthorizationLimit;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.Authorize;
import dev.keyferry.flow.Decide;
import dev.keyferry.flow.DeviceNames;
import dev.keyferry.flow.Disabling;
import dev.keyferry.flow.Environment;
import dev.keyferry.flow.Issuance;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.Mint;
import dev.keyferry.flow.Poll;
import dev.keyferry.flow.RedeemCode;
import dev.keyferry.flow.Refresh;
import dev.keyferry.flow.Revoke;
import dev.keyferry.flow.Subkeys;
import dev.keyferry.flow.WrongCodeLimit;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/// The parts of one function. Nothing calls KMS before the first request, so no snapshot holds a
/// subkey. Each part is made only once, so there is one connection, and one call to KMS for each
/// subkey.
public final class Wiring {
  private final Host host;
  private final Clients clients;
  private final Ports ports;
  private @Nullable Hasher hasher;

  public Wiring(Host host, Clients clients, Ports ports) {
    this.host = host;
    this.clients = clients;
    this.ports = ports;
  }

  /// The wiring in Lambda: settings from the environment, the role's credentials, the real clock.
  static Wiring ofEnvironment() {
    var settings = System.getenv();
    var random = new SecureRandom();
    Prime.beforeSnapshot(settings, random);
    var host = new Host(settings, Clock.systemUTC(), random, AuditLog.standardOutput());
    Supplier<AwsConnection> connection =
        () ->
            new AwsConnection(
                Region.of(host.setting("AWS_REGION")),
                DefaultCredentialsProvider.builder().build(),
                endpoint(settings),
                AwsConnection.defaultHttp(),
                List.of());
    return new Wiring(host, Clients.ofArtifact(), new AwsPorts(host, connection, connection));
  }

  /// The wiring of a handler that is made before a snapshot and then forgotten. It shares nothing
  /// with the handler that runs afterwards, and connects to nothing.
  static Wiring withoutAws(Map<String, String> settings) {
    var host = new Host(settings, Clock.systemUTC(), new SecureRandom(), _ -> {});
    Supplier<AwsConnection> nobody =
        () ->
            new AwsConnection(
                Region.of(host.setting("AWS_REGION")),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("nobody", "nobody")),
                Optional.of(URI.create("https://aws.invalid")),
                new NoAws(),
                List.of());
    return new Wiring(host, Clients.ofArtifact(), new AwsPorts(host, nobody, nobody));
  }

  /// The endpoint of another DynamoDB and KMS than AWS's. In AWS the variable exists and is empty.
  static Optional<URI> endpoint(Map<String, String> settings) {
    return Optional.ofNullable(settings.get("KEYFERRY_AWS_ENDPOINT"))
        .filter(endpoint -> !endpoint.isEmpty())
        .map(URI::create);
  }

  Authorize authorize() {
    return new Authorize(ports.grants(), hasher(), environment());
  }

  AuthorizationLimit authorizationLimit() {
    return new AuthorizationLimit(
        ports.limits(), host.number("AUTHORIZATIONS_PER_MINUTE"), environment());
  }

  Decide decide() {
    return new Decide(ports.grants(), hasher(), clients::confirmationOf, environment());
  }

  WrongCodeLimit wrongCodeLimit() {
    return new WrongCodeLimit(
        ports.limits(),
        host.number("WRONG_CODES_OF_SUBJECT"),
        host.number("WRONG_CODES_OF_NETWORK"),
        environment());
  }

  AuthorizationScreens authorizationScreens() {
    return new AuthorizationScreens(ports.grants(), hasher(), environment());
  }

  Poll poll() {
    return new Poll(ports.grants(), hasher(), mint(), environment());
  }

  RedeemCode redeemCode() {
    return new RedeemCode(ports.grants(), hasher(), mint(), environment());
  }

  private Mint mint() {
    var issuance = new Issuance(new TokenPrefix(setting("KEY_PREFIX")), TokenAnswer::encrypt);
    return new Mint(ports.grants(), ports.keys(), hasher(), issuance, environment());
  }

  Refresh refresh() {
    return new Refresh(ports.keys(), hasher(), TokenAnswer::encrypt, environment());
  }

  Revoke revoke() {
    return new Revoke(ports.keys(), hasher(), environment());
  }

  KeyVerifier verifier() {
    return new KeyVerifier(ports.keys(), hasher(), environment());
  }

  LinkedDevices linkedDevices() {
    return new LinkedDevices(ports.keys(), environment());
  }

  DeviceNames deviceNames() {
    return new DeviceNames(hasher());
  }

  Disabling disabling() {
    return new Disabling(ports.keys(), environment());
  }

  Clients clients() {
    return clients;
  }

  Environment environment() {
    var audit = new AuditLog(setting("STACK_NAME"), host.clock(), host.log());
    return new Environment(host.clock(), host.random(), audit);
  }

  String setting(String name) {
    return host.setting(name);
  }

  Hasher hasher() {
    if (hasher == null) {
      hasher =
          new Subkeys(
              ports.keyHasher(),
              host.number("HASH_VERSION"),
              host.clock(),
              outage -> host.log().accept(OutageLog.line(outage)));
    }
    return hasher;
  }
}
