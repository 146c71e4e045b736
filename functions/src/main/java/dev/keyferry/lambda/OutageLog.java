package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.keyferry.aws.Budget;
import dev.keyferry.flow.Outage;

/// Tells the operator that AWS did not answer.
final class OutageLog {
  private OutageLog() {}

  /// Runs an invocation that cannot answer 503, so that an outage fails it. Lambda logs the
  /// exception that is thrown, so the exception has no details.
  static <T> T orFail(LambdaLogger logger, ScopedValue.CallableOp<T, RuntimeException> invocation) {
    try {
      return Budget.spend(invocation);
    } catch (Outage outage) {
      log(logger, outage);
      throw new IllegalStateException("outage");
    }
  }

  static void log(LambdaLogger logger, Outage outage) {
    logger.log(line(outage), LogLevel.ERROR);
  }

  static String line(Outage outage) {
    return LogLine.of(outage.facts());
  }
}
