package dev.keyferry.product;

import dev.keyferry.flow.Client;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.Scope;
import dev.keyferry.lambda.Clients;
import dev.keyferry.local.Api;
import dev.keyferry.local.Functions;
import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import dev.keyferry.local.Secrets;
import dev.keyferry.local.Template;
import dev.keyferry.product.DirectApi.Encoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The one local stack that all tests of a run share. At the end of the run, the secret scan
/// searches everything that the tests left in it.
public final class Shared {
  /// The repository. The tests run in their module's folder, and the benches in the root.
  public static final Path ROOT = root(Path.of("").toAbsolutePath());

  private static final Path TEMPLATE = ROOT.resolve("template.yaml");

  /// Tests advance it and never set it back.
  public static final ShiftedClock CLOCK = new ShiftedClock();

  private static final Clients CLIENTS =
      Clients.ofArtifact()
          .with(Client.confidential("reports-api", "Reports", sha256(Api.API_SECRET), true))
          .with(Client.confidential("nosy-api", "Nosy", sha256(Api.API_SECRET), false))
          .with(
              new Client(
                  "careful",
                  "Careful CLI",
                  Set.of(Client.DEVICE_CODE_GRANT, Client.REFRESH_GRANT),
                  new Scope(List.of("read", "offline_access")),
                  Duration.ofDays(1),
                  Duration.ofDays(1),
                  ConfirmationPolicy.ALWAYS,
                  List.of(),
                  Optional.empty(),
                  false))
          .with(
              new Client(
                  "browser-too",
                  "Browser too",
                  Set.of(Client.CODE_GRANT),
                  new Scope(List.of("read")),
                  Duration.ofDays(1),
                  Duration.ofDays(1)))
          .with(
              new Client(
                  "refresher",
                  "Refresher",
                  Set.of(Client.REFRESH_GRANT),
                  new Scope(List.of("read", "offline_access")),
                  Duration.ofDays(1),
                  Duration.ofDays(1)));

  private static final LocalKeyferry STACK = start();

  private Shared() {}

  public static LocalKeyferry stack() {
    return STACK;
  }

  /// New environments of all functions, over the stack's tables, with a wire that can be cut.
  public static DirectApi environments(Wire wire) {
    return environments(wire, CLOCK);
  }

  public static DirectApi environments(Functions.Tap wire, InstantSource clock) {
    return environments(wire, clock, Encoding.TEXT);
  }

  public static DirectApi environments(Functions.Tap wire, InstantSource clock, Encoding encoding) {
    return environments(STACK.template(), wire, clock, encoding, Secrets.LOG::add);
  }

  /// New environments with the limits on, which are off in all other tests.
  public static DirectApi limited(Functions.Tap wire, InstantSource clock) {
    return limited(wire, clock, Secrets.LOG::add);
  }

  public static DirectApi limited(Functions.Tap wire, InstantSource clock, Consumer<String> log) {
    return deployed(Map.of(), wire, clock, log);
  }

  /// New environments over the same tables, as in a deployment with these parameters.
  public static DirectApi deployed(Map<String, String> parameters) {
    var values = new LinkedHashMap<>(LocalKeyferry.NO_LIMITS);
    values.putAll(parameters);
    return deployed(values, (_, connection) -> connection, CLOCK, Secrets.LOG::add);
  }

  private static DirectApi deployed(
      Map<String, String> parameters,
      Functions.Tap wire,
      InstantSource clock,
      Consumer<String> log) {
    var values = new LinkedHashMap<>(parameters);
    values.put("AWS::StackName", "deployed");
    values.put("GrantsTable", Tables.GRANTS);
    values.put("KeysTable", Tables.KEYS);
    values.put("HashKey.Arn", STACK.aws().hashKey());
    try {
      return environments(new Template(TEMPLATE, values), wire, clock, Encoding.TEXT, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DirectApi environments(
      Template template,
      Functions.Tap wire,
      InstantSource clock,
      Encoding encoding,
      Consumer<String> log) {
    var functions = new Functions(template, STACK.aws(), CLIENTS, clock, wire, log, log);
    return new DirectApi(STACK.template().routes(), Invoker.of(functions), encoding);
  }

  private static Path root(Path folder) {
    return Files.exists(folder.resolve("template.yaml"))
        ? folder
        : root(Objects.requireNonNull(folder.getParent(), "no template.yaml in any parent folder"));
  }

  private static String sha256(String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static LocalKeyferry start() {
    try {
      return new LocalKeyferry(
          new Options(
              TEMPLATE,
              LocalKeyferry.NO_LIMITS,
              Ports.ANY,
              new Place.Memory(),
              CLIENTS,
              CLOCK,
              (_, connection) -> connection,
              Secrets.LOG::add,
              Secrets.LOG::add));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
