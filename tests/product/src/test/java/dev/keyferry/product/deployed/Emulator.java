package dev.keyferry.product.deployed;

import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;

/// DynamoDB and KMS in another process: at `KEYFERRY_AWS_ENDPOINT` if it is set, otherwise in
/// LocalStack.
final class Emulator {
  private static final Optional<URI> GIVEN =
      Optional.ofNullable(System.getenv("KEYFERRY_AWS_ENDPOINT")).map(URI::create);

  static final URI ENDPOINT = GIVEN.orElseGet(() -> LocalStack.start().getEndpoint());

  /// A local stack that uses the emulator.
  static final LocalKeyferry STACK = start();

  private Emulator() {}

  /// Whether the emulator can run functions, too.
  static boolean isLocalStack() {
    return GIVEN.isEmpty();
  }

  private static LocalKeyferry start() {
    var options =
        Options.of(
            Shared.ROOT.resolve("template.yaml"),
            LocalKeyferry.NO_LIMITS,
            Ports.ANY,
            new Place.Endpoint(ENDPOINT));
    try {
      return new LocalKeyferry(options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
