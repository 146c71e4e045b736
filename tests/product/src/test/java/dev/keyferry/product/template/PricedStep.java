package dev.keyferry.product.template;

import dev.keyferry.product.template.Meter.Usage;
import java.util.stream.Stream;

/// The AWS requests of a step and their cost, at the list prices of us-east-1 without free tiers,
/// as docs/cost.md names them.
///
/// @param requests that API Gateway takes
/// @param invocations of functions
/// @param logged bytes that the functions write themselves
record PricedStep(int requests, int invocations, Usage usage, int logged) {
  static final PricedStep NONE = new PricedStep(0, 0, Usage.NONE, 0);

  /// Dollars per million; for logs, dollars per million bytes.
  private static final double REQUEST = 1.00;

  private static final double INVOCATION = 0.20;
  private static final double GB_SECOND = 13.3334;
  private static final double WRITE_UNIT = 0.625;
  private static final double READ_UNIT = 0.125;
  private static final double MAC = 3.00;
  private static final double LOGGED = 0.0005;

  /// Assumptions, because nothing here runs on Lambda: the milliseconds of an invocation at 1 GB
  /// and of each of its calls to DynamoDB, and the bytes that Lambda and API Gateway log for it.
  static final int INVOCATION_MILLIS = 5;

  static final int CALL_MILLIS = 10;
  static final int INVOCATION_LOG = 1_000;

  PricedStep plus(PricedStep other) {
    return new PricedStep(
        requests + other.requests,
        invocations + other.invocations,
        usage.plus(other.usage),
        logged + other.logged);
  }

  PricedStep times(int count) {
    return Stream.generate(() -> this).limit(count).reduce(NONE, PricedStep::plus);
  }

  double seconds() {
    return (invocations * INVOCATION_MILLIS + usage.requests() * CALL_MILLIS) / 1_000.0;
  }

  /// Dollars per million steps.
  double dollars() {
    return requests * REQUEST
        + invocations * INVOCATION
        + seconds() * GB_SECOND
        + usage.allWrites() * WRITE_UNIT
        + usage.reads() * READ_UNIT
        + usage.macs() * MAC
        + (logged + invocations * INVOCATION_LOG) * LOGGED;
  }
}
