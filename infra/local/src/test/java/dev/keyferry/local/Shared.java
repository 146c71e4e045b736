package dev.keyferry.local;

import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import dev.keyferry.local.ToHandlers.Encoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// The one stack that the tests of a run share, so that at the end all they left behind can be
/// searched.
final class Shared {
  static final Path ROOT = Path.of("../..");

  /// Put forward by tests, never back.
  static final ShiftedClock CLOCK = new ShiftedClock();

  private static final LocalKeyferry STACK = start();

  private Shared() {}

  static LocalKeyferry stack() {
    return STACK;
  }

  /// Fresh environments of all functions, over the stack's tables, with a wire that can be cut.
  static ToHandlers environments(Wire wire) {
    return environments(wire, CLOCK);
  }

  static ToHandlers environments(Functions.Tap wire, InstantSource clock) {
    return environments(wire, clock, Encoding.TEXT);
  }

  static ToHandlers environments(Functions.Tap wire, InstantSource clock, Encoding encoding) {
    var functions = new Functions(STACK.template(), STACK.aws(), clock, wire, Secrets.LOG::add);
    return new ToHandlers(STACK, functions, encoding);
  }

  private static LocalKeyferry start() {
    try {
      return new LocalKeyferry(
          new Options(
              ROOT.resolve("template.yaml"),
              Ports.ANY,
              Optional.empty(),
              CLOCK,
              (_, connection) -> connection,
              Secrets.LOG::add));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
